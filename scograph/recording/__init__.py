"""Help with recording sources: skeletons of new records, and reports of coverage."""
