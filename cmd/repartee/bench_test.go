package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/app/bench"
)

func TestBenchMeasuresOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	cmd := exec.Command(program(t), "bench", "--json", "--rate", "50", "--duration", "1s", "--phones", "200", "--ceiling", "200ms")
	cmd.Env = append(os.Environ(), "REPARTEE_DATA_DIR="+data)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	failed := cmd.Run()
	var report bench.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report), errs.String())
	require.Equal(t, report.OK(), failed == nil, "%s\n%s", out.String(), errs.String())
	require.NotNil(t, report.Saturation)
	require.EqualValues(t, 1200, report.Saturation.Turns, "%v", report.Saturation.Problems)
	require.Positive(t, report.Saturation.ServerCPU)
	require.Len(t, report.Ceilings, 2)
	require.Positive(t, report.Ceilings[0].Turns)
	require.Positive(t, report.GatewayPeak)
	left, err := os.ReadDir(data)
	require.NoError(t, err)
	require.Empty(t, left, "the data of a run go with it")
}

func TestBenchRefusesWhatMeasuresNothing(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--duration", "0s"}, {"--phones", "1"}, {"--soak", "1s"}, {"--rate", "-1"}} {
		code, _, stderr := execute(append([]string{"bench"}, args...)...)
		require.Equal(t, exitUsage, code, stderr)
	}
}
