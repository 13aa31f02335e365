package paymentlink

// Status says whether a link is switched on. Its zero value is StatusUnknown.
type Status uint8

// The statuses.
const (
	// StatusUnknown is any upstream code but 1 and 0, or none at all.
	StatusUnknown Status = iota
	// StatusActive is upstream's code 1.
	StatusActive
	// StatusInactive is upstream's code 0.
	StatusInactive

	statusCount = iota
)

// Statuses returns every status in the order of the schema.
func Statuses() []Status { return []Status{StatusActive, StatusInactive, StatusUnknown} }

// String returns the schema's name, "" for any other value.
func (s Status) String() string {
	switch s {
	case StatusActive:
		return "ACTIVE"
	case StatusInactive:
		return "INACTIVE"
	case StatusUnknown:
		return "UNKNOWN"
	}
	return ""
}

// statusOf reads upstream's code. The published page gives the codes no names;
// 1 and 0 are the ones that occur there.
func statusOf(code Optional[int32]) Status {
	switch {
	case code == Some[int32](1):
		return StatusActive
	case code == Some[int32](0):
		return StatusInactive
	}
	return StatusUnknown
}

// State is status and expiry together. Its zero value is none of the states.
type State uint8

// The states, in the order of the schema.
const (
	// StateOpen is switched on and not expired.
	StateOpen State = iota + 1
	// StateExpired is past its expiry, whatever the status.
	StateExpired
	// StateInactive is not expired, but switched off.
	StateInactive
	// StateUnknown is in a status that is not known, or switched on with an
	// expiry that cannot be read.
	StateUnknown

	stateCount = iota
)

// States returns every state in the order of the schema.
func States() []State {
	return []State{StateOpen, StateExpired, StateInactive, StateUnknown}
}

// String returns the schema's name, "" for any other value.
func (s State) String() string {
	switch s {
	case StateOpen:
		return "OPEN"
	case StateExpired:
		return "EXPIRED"
	case StateInactive:
		return "INACTIVE"
	case StateUnknown:
		return "UNKNOWN"
	}
	return ""
}

// stateOf is the state of a link that has not expired and whose expiry, if it
// has one, can be read.
func stateOf(s Status) State {
	switch s {
	case StatusActive:
		return StateOpen
	case StatusInactive:
		return StateInactive
	case StatusUnknown:
	}
	return StateUnknown
}

// Environment is test or live. Its zero value is EnvironmentUnknown.
type Environment uint8

// The environments.
const (
	// EnvironmentUnknown is a host name that does not tell.
	EnvironmentUnknown Environment = iota
	// EnvironmentTest is a host name with a label test or sandbox.
	EnvironmentTest
	// EnvironmentLive is a known live host.
	EnvironmentLive
)

// Environments returns every environment in the order of the schema.
func Environments() []Environment {
	return []Environment{EnvironmentTest, EnvironmentLive, EnvironmentUnknown}
}

// String returns the schema's name, "" for any other value.
func (e Environment) String() string {
	switch e {
	case EnvironmentTest:
		return "TEST"
	case EnvironmentLive:
		return "LIVE"
	case EnvironmentUnknown:
		return "UNKNOWN"
	}
	return ""
}
