package relay_test

import (
	"fmt"

	"paymentlinks/internal/relay"
)

func ExampleArgs_Window() {
	letters := []string{"a", "b", "c", "d", "e"}
	args := relay.Args{First: new(2), After: new(relay.EncodeCursor("letters", "b"))}
	if err := args.Check(); err != nil {
		fmt.Println(err)
		return
	}
	after, _ := relay.DecodeCursor("letters", *args.After)
	first := 0
	for letters[first] <= after[0] {
		first++
	}
	w := args.Window(len(letters), first, len(letters))
	fmt.Println(letters[w.Start:w.End], "before:", w.HasPrevious, "after:", w.HasNext)
	// Output: [c d] before: true after: true
}
