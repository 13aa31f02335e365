// Package config reads the settings of the program, once, from the command
// line and from the environment it is handed, and checks them.
//
// The struct below is the only list of settings: a flag's name follows from
// the field (MaxDepth is --max-depth), the variable's name from the flag's
// (PAYMENTLINKS_MAX_DEPTH), and default, bounds, unit and help stand in the
// field's tag. An empty variable counts as absent.
package config
