// Package telemetry is how the program tells operators what it does. It holds
// the log's queue, the metrics and the profiles.
package telemetry
