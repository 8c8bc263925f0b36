package app

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain checks that gateways leave no goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
