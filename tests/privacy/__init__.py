"""The guard on free text, and the sentences it is measured on."""
