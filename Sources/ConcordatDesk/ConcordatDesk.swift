// ConcordatDesk
