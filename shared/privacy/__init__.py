"""The guard on free text: what could point at a person is found where it stands."""
