"""The door of clearing for other apps: `clearances`, `gathering`, `holders`, `agreements`, `contacts`, `books`."""
