// Suites of the data plane.
