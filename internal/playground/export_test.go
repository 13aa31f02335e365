package playground

// TabQueries lets the tests check the tabs against the schema.
func TabQueries() []string {
	tabs, err := tabsWith(nil)
	if err != nil {
		panic(err)
	}
	queries := make([]string, len(tabs))
	for i, tab := range tabs {
		queries[i] = tab.Query
	}
	return queries
}
