package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// keyOctets is the length of the secret key.
const keyOctets = 32

// check returns what is wrong with a setting's text; secrets are not repeated.
func check(rule, text string) error {
	switch {
	case rule == "":
		return nil
	case rule == "addr":
		return checkAddr(text)
	case rule == "url":
		return checkURL(text)
	case rule == "issuer":
		return checkIssuer(text)
	case rule == "postgres":
		return checkPostgres(text)
	case rule == "key":
		return checkKey(text)
	case rule == "filled":
		if text == "" {
			return errors.New("must not be empty")
		}
		return nil
	case rule == "positive":
		if d, err := time.ParseDuration(text); err != nil || d <= 0 {
			return fmt.Errorf("is %q: expected a duration above zero, such as 10s", text)
		}
		return nil
	default:
		if words := strings.Split(rule, "|"); !slices.Contains(words, text) {
			return fmt.Errorf("is %q: expected %s", text, strings.Join(words, ", "))
		}
		return nil
	}
}

func checkAddr(text string) error {
	if text == "off" {
		return nil
	}
	_, port, err := net.SplitHostPort(text)
	if n, convErr := strconv.ParseUint(port, 10, 16); err != nil || convErr != nil || n > 65535 {
		return fmt.Errorf("is %q: expected host:port such as 127.0.0.1:8080, or off", text)
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if text != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
		return fmt.Errorf("is %q: expected an address without a path, such as https://sms.example.com", text)
	}
	return nil
}

// checkIssuer wants HTTPS (OpenID Connect Core 1.0, 2), but for an issuer on
// this machine.
func checkIssuer(text string) error {
	u, err := url.Parse(text)
	local := err == nil && u.Scheme == "http" && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
	if text != "" && (err != nil || u.Scheme != "https" && !local || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("is %q: expected the issuer's address, such as https://login.example.com/realms/acme", text)
	}
	return nil
}

// checkOIDC wants all of OpenID Connect, or nothing.
func (c *Config) checkOIDC() error {
	if c.OIDCIssuer == "" {
		if c.OIDCClientID != "" || c.OIDCClientSecret != "" {
			return errors.New("oidc_client_id and oidc_client_secret need oidc_issuer: set all three, or none")
		}
		return nil
	}
	if c.OIDCClientID == "" || c.OIDCClientSecret == "" || c.PublicURL == "" {
		return errors.New("oidc_issuer needs oidc_client_id, oidc_client_secret and public_url, to which the issuer sends people back")
	}
	return nil
}

func checkPostgres(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return errors.New("is no address of PostgreSQL: expected postgres://user:password@host:5432/database")
	}
	return nil
}

func checkKey(text string) error {
	if text == "" {
		return nil
	}
	if raw, err := hex.DecodeString(text); err != nil || len(raw) != keyOctets {
		return errors.New("must be 64 hexadecimal digits: make one with `openssl rand -hex 32`")
	}
	return nil
}

const hidden = "(hidden)"

// passwordParameter finds a password among an address's parameters.
var passwordParameter = regexp.MustCompile(`(?i)([?&][^=&]*password=)[^&]*`)

// hide replaces what is secret in a setting.
func hide(secret, text string) string {
	switch {
	case text == "" || secret == "":
		return text
	case secret == "all":
		return hidden
	}
	u, err := url.Parse(text)
	if err != nil {
		return hidden
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "hidden")
	}
	return passwordParameter.ReplaceAllString(u.String(), "${1}hidden")
}
