"""What can be done with consultations, activities and figures: one file for each deed."""
