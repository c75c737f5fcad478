"""A named failure mode and its life: lifecycle, memberships, proposals, counts, export."""
