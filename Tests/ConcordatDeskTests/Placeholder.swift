// Suites of the desk.
