"""The raw survey folder: the demo county as different offices would send it, and the seeder that damages the finished files."""
