package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"repartee/app/config"
	"repartee/smpp/smsc"
	"repartee/smpp/smsc/control"
	"repartee/sms"
)

// settle is how long after an answer another one may follow: a text can have
// several.
const settle = 400 * time.Millisecond

// listenFor is how long one request of a listening phone waits.
const listenFor = time.Minute

func newChat() *cobra.Command {
	var from, port string
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "chat [SHORT_CODE] [TEXT]",
		Short: "Be a phone, in the terminal, through the simulator",
		Long: "Text a short code of the running demo and see what it answers.\n" +
			"With TEXT: send it, print the answers, end. Without, on a terminal: a conversation, ended by Ctrl-D.\n" +
			"Without, and standard input from elsewhere: each line is a text, the answers are printed before the next goes out.\n" +
			"The short code may be left out: the first one is texted.",
		Example: "  repartee chat\n  repartee chat 36111 PIZZA\n  repartee chat --from 33600000001\n  printf 'PIZZA\\n2 reine\\n' | repartee chat 36111",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			p, text, err := newPhone(cmd.Context(), c, from, port, args)
			if err != nil {
				return err
			}
			defer p.client.Close()
			p.out, p.errs, p.wait = cmd.OutOrStdout(), cmd.ErrOrStderr(), wait
			in := cmd.InOrStdin()
			switch {
			case text != "":
				err = p.exchange(cmd.Context(), text)
			case isTerminal(in):
				return p.converse(cmd.Context(), in)
			default:
				err = p.script(cmd.Context(), in)
			}
			if cmd.Context().Err() != nil {
				return errors.New("interrupted")
			}
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the phone's number, E.164 (default: one of the short code's country)")
	cmd.Flags().StringVar(&port, "control", "", "control port of the simulator (default: the running demo's)")
	cmd.Flags().DurationVar(&wait, "wait", 5*time.Second, "how long to wait for an answer")
	return cmd
}

// isTerminal tells whether a person types.
func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// phone is the handset in the terminal.
type phone struct {
	client *control.Client
	number sms.MSISDN
	code   sms.ShortCode
	after  int64 // the newest entry of the transcript that was looked at

	out, errs io.Writer
	wait      time.Duration
}

// newPhone finds the simulator for the short code, which may stand in front of
// the text.
func newPhone(ctx context.Context, c *config.Config, from, port string, args []string) (*phone, string, error) {
	var code sms.ShortCode
	if len(args) > 0 {
		if named, err := sms.ParseShortCode(args[0]); err == nil {
			code, args = named, args[1:]
		}
	}
	sims := []simulator{{Control: port, Phone: defaultPhone}}
	if port == "" {
		var err error
		if sims, err = readSimulators(demoFolder(c)); err != nil {
			return nil, "", err
		}
	}
	sim, code, err := reach(ctx, sims, code)
	if err != nil {
		return nil, "", err
	}
	p := &phone{client: control.NewClient(sim.Control), number: sim.Phone, code: code}
	if from != "" {
		if p.number, err = sms.ParseMSISDN(from); err != nil {
			return nil, "", usageError{fmt.Errorf("--from: %w", err)}
		}
	}
	entries, err := p.client.Messages(ctx, p.number, 0, 0)
	if n := len(entries); n > 0 {
		p.after = entries[n-1].Number
	}
	return p, strings.Join(args, " "), err
}

// send sends one text and sees it acknowledged.
func (p *phone) send(ctx context.Context, text string) error {
	return sendText(ctx, p.client, p.number, p.code, text, p.wait)
}

// sendText sends one text over a simulated carrier and sees it acknowledged.
func sendText(ctx context.Context, client *control.Client, from sms.MSISDN, to sms.ShortCode, text string, wait time.Duration) error {
	sent, err := client.Send(ctx, from, control.MO{To: to, Text: text, Wait: control.Duration(wait)})
	switch {
	case err != nil:
		return err
	case sent.State == smsc.Rejected:
		return fmt.Errorf("the gateway refused the text: %s", sent.Error)
	case sent.State != smsc.Acknowledged:
		return fmt.Errorf("the gateway has not taken the text within %s: the carrier keeps it until a gateway is bound (does `repartee demo` or `repartee serve` run?)", wait)
	}
	return nil
}

// received waits so long for texts that have not been looked at, and returns
// those that came from the network.
func (p *phone) received(ctx context.Context, wait time.Duration) ([]smsc.Entry, error) {
	limit := time.Now().Add(wait)
	for {
		entries, err := p.client.Messages(ctx, p.number, p.after, max(0, time.Until(limit)))
		if err != nil {
			return nil, err
		}
		var came []smsc.Entry
		for _, e := range entries {
			p.after = e.Number
			if e.Received {
				came = append(came, e)
			}
		}
		if len(came) > 0 || len(entries) == 0 {
			return came, nil
		}
	}
}

// exchange sends one text and prints its answers.
func (p *phone) exchange(ctx context.Context, text string) error {
	if err := p.send(ctx, text); err != nil {
		return err
	}
	came, err := p.received(ctx, p.wait)
	if err == nil && len(came) == 0 {
		_, err = fmt.Fprintf(p.errs, "(no answer within %s)\n", p.wait)
	}
	for err == nil && len(came) > 0 {
		for _, e := range came {
			if _, err := fmt.Fprintln(p.out, e.Text); err != nil {
				return err
			}
		}
		came, err = p.received(ctx, settle)
	}
	return err
}

// script sends each line and prints its answers.
func (p *phone) script(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			if err := p.exchange(ctx, text); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// converse lets a person type while texts come in.
func (p *phone) converse(ctx context.Context, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := fmt.Fprintf(p.out, "You are %s, texting %s. Ctrl-D ends it.\n%s", p.number, p.code, p.prompt()); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- p.listen(ctx) }()
	lines, over := typed(in)
	for {
		select {
		case <-ctx.Done():
			return p.newline()
		case err := <-failed:
			return errors.Join(p.newline(), err)
		case err := <-over:
			return errors.Join(p.newline(), err)
		case text := <-lines:
			if err := p.submit(ctx, text); err != nil {
				return err
			}
		}
	}
}

// typed reads lines until the end of the input. The reader outlives a
// conversation that ends otherwise: a read of a terminal cannot be called off.
func typed(in io.Reader) (lines chan string, over chan error) {
	lines, over = make(chan string), make(chan error, 1)
	go func() {
		s := bufio.NewScanner(in)
		for s.Scan() {
			lines <- strings.TrimSpace(s.Text())
		}
		over <- s.Err()
	}()
	return lines, over
}

func (p *phone) prompt() string { return p.code.String() + "> " }

func (p *phone) newline() error {
	_, err := fmt.Fprintln(p.out)
	return err
}

// submit sends what a person typed; what is wrong with one text ends nothing.
func (p *phone) submit(ctx context.Context, text string) error {
	if text != "" {
		if err := p.send(ctx, text); err != nil && ctx.Err() == nil {
			if _, err := fmt.Fprintln(p.errs, "\r\x1b[K"+err.Error()); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprint(p.out, "\r\x1b[K"+p.prompt())
	return err
}

// listen prints what comes in above the prompt.
func (p *phone) listen(ctx context.Context) error {
	for ctx.Err() == nil {
		came, err := p.received(ctx, listenFor)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("the simulated carrier has gone: %w", err)
		}
		for _, e := range came {
			text := strings.ReplaceAll(e.Text, "\n", "\n       ")
			if _, err := fmt.Fprintf(p.out, "\r\x1b[K%s: %s\n%s", e.Code, text, p.prompt()); err != nil {
				return err
			}
		}
	}
	return nil
}
