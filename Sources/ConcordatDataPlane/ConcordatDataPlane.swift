// ConcordatDataPlane
