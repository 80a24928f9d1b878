"""What changes the record of the renewal."""
