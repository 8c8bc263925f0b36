package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repartee/dialogs"
	"repartee/optout"
	"repartee/programs"
)

func newFlow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "flow",
		Short: "Check, test and show flows; publish their versions",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringSlice("languages", nil, "languages of the program, the default first (default: those of the flow's texts)")
	cmd.PersistentFlags().String("country", "FR", "country of the program")
	cmd.PersistentFlags().String("currency", "EUR", "currency of the program")
	cmd.PersistentFlags().String("time-zone", "Europe/Paris", "time zone of the program")
	cmd.AddCommand(newFlowCheck(), newFlowTest(), newFlowShow(),
		newFlowDraft(), newFlowPublish(), newFlowVersions(), newFlowPin(), newFlowUnpin(), newFlowRollback(), newFlowDiff())
	return cmd
}

func newFlowCheck() *cobra.Command {
	var texts bool
	cmd := &cobra.Command{
		Use:     "check FILE…",
		Short:   "Check flow files: every problem as file:line:column, with a hint",
		Long:    "Check flow files, as a program with these flags would see them. Flows that call one another are named together. The exit code is 1 when a file has errors; warnings alone are fine.",
		Example: "  repartee flow check demo/flows/*.yaml\n  repartee flow check --texts quiz.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			flows, err := loadFlows(cmd, args)
			if err != nil {
				return err
			}
			for _, f := range flows {
				fmt.Fprintf(cmd.OutOrStdout(), "ok  %s: flow %s, %d states, %s\n", f.file, f.flow.Name, len(f.flow.States()), strings.Join(f.flow.Languages, ", "))
				if texts {
					printTexts(cmd.OutOrStdout(), f)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&texts, "texts", false, "list each text with the segments that it takes at worst, and its alphabet")
	return cmd
}

// printTexts lists what the texts of a flow take at worst.
func printTexts(out io.Writer, f flowFile) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "POSITION\tSTATE\tLANGUAGE\tSEGMENTS\tCHARACTERS\tALPHABET")
	for _, t := range f.flow.TextSizes() {
		state, note := t.State, t.Coding()
		if state == "" {
			state = "(anywhere)"
		}
		if t.Odd != 0 {
			note += fmt.Sprintf(" for %q", t.Odd)
		}
		if t.Menu {
			note += ", with its menu"
		}
		fmt.Fprintf(w, "%d:%d\t%s\t%s\t%d\t%d\t%s\n", t.Line, t.Column, state, t.Language, t.Segments, t.Characters, note)
	}
	_ = w.Flush() // as Fprintln: a closed standard output ends the command anyway
}

func newFlowTest() *cobra.Command {
	var chat string
	cmd := &cobra.Command{
		Use:     "test FILE…",
		Short:   "Play the golden conversations of flow files",
		Long:    "Play the golden conversations that flow files carry, and those of a file beside FILE.yaml named FILE.chat. The exit code is 1 when one fails.",
		Example: "  repartee flow test demo/flows/*.yaml\n  repartee flow test --chat more.chat quiz.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if chat != "" && len(args) != 1 {
				return usageError{errors.New("--chat goes with one flow file")}
			}
			return testFlows(cmd, args, chat)
		},
	}
	cmd.Flags().StringVar(&chat, "chat", "", "a file of further golden conversations")
	return cmd
}

func newFlowShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE|NAME[@VERSION]",
		Short: "Print a flow, of a file or stored, as a Mermaid state diagram",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err != nil && !strings.HasSuffix(args[0], ".yaml") {
				return showStored(cmd, args[0])
			}
			flows, err := loadFlows(cmd, args)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), flows[0].flow.Mermaid())
			return err
		},
	}
}

// showStored draws a flow of the database.
func showStored(cmd *cobra.Command, name string) error {
	source, err := storedSource(cmd, name)
	if err != nil {
		return err
	}
	env, _, err := flowEnv(cmd, []byte(source))
	if err != nil {
		return err
	}
	flow, problems := dialogs.Load(name, []byte(source), env)
	if flow == nil {
		return problems.Err()
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), flow.Mermaid())
	return err
}

// flowFile is a flow and where it was read.
type flowFile struct {
	file string
	flow *dialogs.Flow
}

// loadFlows loads flow files twice: what a flow calls is known only when all
// were read. Problems are printed; the error says that there were some.
func loadFlows(cmd *cobra.Command, files []string) ([]flowFile, error) {
	known := map[string]*dialogs.Signature{}
	sources, envs := make([][]byte, len(files)), make([]dialogs.Env, len(files))
	for i, file := range files {
		var err error
		if sources[i], err = os.ReadFile(file); err != nil {
			return nil, usageError{err}
		}
		if envs[i], _, err = flowEnv(cmd, sources[i]); err != nil {
			return nil, err
		}
		if flow, _ := dialogs.Load(file, sources[i], envs[i]); flow != nil {
			known[flow.Name] = flow.Signature()
		}
	}
	var out []flowFile
	bad := 0
	for i, file := range files {
		if len(files) > 1 {
			envs[i].Flow = func(name string) *dialogs.Signature { return known[name] }
		}
		flow, problems := dialogs.Load(file, sources[i], envs[i])
		for _, p := range problems {
			fmt.Fprintln(cmd.ErrOrStderr(), p)
		}
		if flow == nil {
			bad++
			continue
		}
		out = append(out, flowFile{file, flow})
	}
	if bad > 0 {
		return nil, fmt.Errorf("%d of %d flow files have errors: see above", bad, len(files))
	}
	return out, nil
}

// flowEnv is the program that the flags describe.
func flowEnv(cmd *cobra.Command, src []byte) (dialogs.Env, dialogs.Program, error) {
	flags := cmd.Flags()
	languages, err1 := flags.GetStringSlice("languages")
	country, err2 := flags.GetString("country")
	currency, err3 := flags.GetString("currency")
	name, err4 := flags.GetString("time-zone")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return dialogs.Env{}, dialogs.Program{}, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return dialogs.Env{}, dialogs.Program{}, usageError{fmt.Errorf("--time-zone: %q is no time zone: write it as Europe/Paris", name)}
	}
	if len(languages) == 0 {
		languages = dialogs.LanguagesOf(src)
	}
	env := dialogs.Env{
		Languages: languages, Country: country, Currency: currency, Zone: zone, Version: 1,
		Reserved: func(word string) string { return optout.ReservedAnswer(word, languages) },
	}
	program := dialogs.Program{
		Name: "shop", Brand: "Shop", Contact: "0800 000 000", Country: country, Currency: currency, Languages: languages, Zone: zone,
	}
	return env, program, nil
}

func testFlows(cmd *cobra.Command, files []string, chat string) error {
	flows, err := loadFlows(cmd, files)
	if err != nil {
		return err
	}
	byName := map[string]*dialogs.Flow{}
	for _, f := range flows {
		byName[f.flow.Name] = f.flow
	}
	played, red := 0, 0
	for _, f := range flows {
		n, failures, err := testFlow(cmd, f, byName, chat)
		if err != nil {
			return err
		}
		for _, failure := range failures {
			fmt.Fprintln(cmd.OutOrStdout(), failure)
		}
		if n == 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: no golden conversations\n", f.file)
		}
		played, red = played+n, red+len(failures)
	}
	if red > 0 {
		return fmt.Errorf("%d golden conversations played, and %d lines did not come true: see above", played, red)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "ok  %d golden conversations\n", played)
	return nil
}

// testFlow plays what the flow carries, and the scripts beside it.
func testFlow(cmd *cobra.Command, f flowFile, all map[string]*dialogs.Flow, chat string) (int, []dialogs.TestFailure, error) {
	src, err := os.ReadFile(f.file)
	if err != nil {
		return 0, nil, err
	}
	_, program, err := flowEnv(cmd, src)
	if err != nil {
		return 0, nil, err
	}
	n, failures := f.flow.RunTests(dialogs.TestOptions{Program: program, Flows: all, File: f.file, Standard: programs.StandardAnswer, HeldUntil: heldUntil})
	scripts := []string{strings.TrimSuffix(f.file, filepath.Ext(f.file)) + ".chat"}
	if _, err := os.Stat(scripts[0]); err != nil {
		scripts = nil
	}
	if chat != "" && !slices.Contains(scripts, chat) {
		scripts = append(scripts, chat)
	}
	for _, file := range scripts {
		script, err := os.ReadFile(file)
		if err != nil {
			return n, failures, usageError{err}
		}
		more, red := dialogs.RunChat(string(script), f.flow, dialogs.TestOptions{Program: program, Flows: all, File: file, Standard: programs.StandardAnswer, HeldUntil: heldUntil})
		n, failures = n+more, append(failures, red...)
	}
	return n, failures, nil
}

// heldUntil holds marketing by the strict default of the phone's country.
func heldUntil(c dialogs.Contact, now time.Time) time.Time {
	return optout.HeldUntil(optout.Facts{To: c.MSISDN, Country: c.Country, Zone: c.TimeZone}, now)
}
