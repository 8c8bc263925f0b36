// Package config reads the configuration: the environment over one optional
// YAML file over the defaults written beside each field.
//
// It owns the names, defaults, checks and explanations of all settings of the
// process; what customers configure (carriers, programs, keywords) is data, not
// configuration, and lives elsewhere. It must not import other packages of this
// module. Its failures are wrong settings: all of them are reported together,
// each with where it stands and what is expected; an unknown name with the
// nearest known one.
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config holds the settings of one process. Each field's tags are its name in
// the file (in the environment: REPARTEE_ and the name in capitals), default,
// explanation, the check of its value, and how much of it is secret.
type Config struct {
	HTTPAddr         string        `name:"http_addr" default:"127.0.0.1:8080" check:"addr" help:"where the HTTP API, the admin UI, /healthz and /readyz listen"`
	PublicURL        string        `name:"public_url" check:"url" help:"where people reach the admin UI, such as https://sms.example.com: links begin with it; empty: http:// and http_addr"`
	MetricsAddr      string        `name:"metrics_addr" default:"127.0.0.1:9464" check:"addr" help:"where Prometheus metrics listen; off: nowhere"`
	DatabaseURL      string        `name:"database_url" check:"postgres" secret:"password" help:"address of PostgreSQL (postgres://user:password@host/database); empty: a private server in the data folder"`
	DataDir          string        `name:"data_dir" check:"filled" help:"folder of the private server and the generated secret key"`
	PostgresBin      string        `name:"postgres_bin" help:"folder of initdb and postgres for the private server; empty: looked for"`
	SecretKey        string        `name:"secret_key" check:"key" secret:"all" help:"32 octets as 64 hexadecimal digits: encrypts carrier passwords, keys the hashes of suppressed phones; generated in the data folder with the private server"`
	OIDCIssuer       string        `name:"oidc_issuer" check:"issuer" help:"issuer of OpenID Connect that people may sign in with, such as https://login.example.com/realms/acme; empty: none"`
	OIDCClientID     string        `name:"oidc_client_id" help:"what the issuer calls this gateway"`
	OIDCClientSecret string        `name:"oidc_client_secret" secret:"all" help:"with which the gateway shows the issuer that it is this client"`
	LogLevel         string        `name:"log_level" default:"info" check:"debug|info|warn|error" help:"least severity that is logged"`
	LogFormat        string        `name:"log_format" default:"auto" check:"auto|json|text" help:"auto: text on a terminal, else json"`
	ShutdownLimit    time.Duration `name:"shutdown_limit" default:"10s" check:"positive" help:"how long a shutdown may drain before it gives up waiting"`

	sources map[string]string // by name; what is missing is a default
}

const envPrefix = "REPARTEE_"

// FileVariable names the configuration file.
const FileVariable = envPrefix + "CONFIG"

// Value is one setting as it came out.
type Value struct {
	Name, Env, Help string
	Text            string // secrets hidden
	Source          string // "default", "REPARTEE_HTTP_ADDR", "repartee.yaml:3"
}

// Load reads the configuration. An empty file means that of REPARTEE_CONFIG,
// or none; environ is that of [os.Environ].
func Load(file string, environ []string) (*Config, error) {
	env := variables(environ)
	if file == "" {
		file = env[FileVariable]
	}
	c := &Config{sources: map[string]string{}}
	var problems []error
	settings := map[string]setting{}
	if file != "" {
		fromFile, errs := readFile(file)
		problems = append(problems, errs...)
		settings = fromFile
	}
	problems = append(problems, addEnvironment(settings, env)...)
	for f := range fields() {
		if err := c.fill(f, settings); err != nil {
			problems = append(problems, err)
		}
	}
	if c.DataDir == "" {
		c.DataDir = defaultDataDir(env, os.Geteuid())
	}
	if err := c.checkOIDC(); err != nil {
		problems = append(problems, err)
	}
	return c, errors.Join(problems...)
}

// setting is a value on its way into its field.
type setting struct{ text, source string }

// addEnvironment lets variables win over the file. Other software may use the
// prefix (a carrier's password, say): an unknown variable is refused only when
// it looks like a misspelt one of ours.
func addEnvironment(settings map[string]setting, env map[string]string) (problems []error) {
	known := names()
	for variable, text := range env {
		name := strings.ToLower(strings.TrimPrefix(variable, envPrefix))
		switch near := nearest(name, known); {
		case slices.Contains(known, name):
			settings[name] = setting{text, variable}
		case near != "" && !slices.Contains(otherVariables, variable):
			problems = append(problems, fmt.Errorf("%s is unknown: did you mean %s%s?", variable, envPrefix, strings.ToUpper(near)))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// otherVariables are ours, but no settings.
var otherVariables = []string{FileVariable, envPrefix + "KEEPER"}

// variables picks ours from the environment.
func variables(environ []string) map[string]string {
	env := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, envPrefix) || name == "HOME" || name == "XDG_DATA_HOME" {
			env[name] = value
		}
	}
	return env
}

// fields yields the fields that are settings.
func fields() func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
			if f.IsExported() && !yield(f) {
				return
			}
		}
	}
}

func names() (all []string) {
	for f := range fields() {
		all = append(all, f.Tag.Get("name"))
	}
	return all
}

// fill sets one field from its setting or default, and checks it.
func (c *Config) fill(f reflect.StructField, settings map[string]setting) error {
	name, text := f.Tag.Get("name"), f.Tag.Get("default")
	s, given := settings[name]
	if given {
		text = s.text
		c.sources[name] = s.source
	}
	if given || text != "" {
		if err := check(f.Tag.Get("check"), text); err != nil {
			return fmt.Errorf("%s (%s) %w", name, s.source, err)
		}
	}
	field := reflect.ValueOf(c).Elem().FieldByIndex(f.Index)
	switch field.Interface().(type) {
	case string:
		field.SetString(text)
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%s (%s) is no duration such as 10s or 1m30s", name, s.source)
		}
		field.SetInt(int64(d))
	default:
		panic("config: no reader for the type of " + name)
	}
	return nil
}

// Values lists all settings in the order of the struct, secrets hidden.
func (c *Config) Values() (all []Value) {
	for f := range fields() {
		name := f.Tag.Get("name")
		source := c.sources[name]
		if source == "" {
			source = "default"
		}
		text := fmt.Sprint(reflect.ValueOf(c).Elem().FieldByIndex(f.Index).Interface())
		all = append(all, Value{
			Name: name, Env: envPrefix + strings.ToUpper(name), Help: f.Tag.Get("help"),
			Text: hide(f.Tag.Get("secret"), text), Source: source,
		})
	}
	return all
}

// String lists the settings, secrets hidden, whoever prints or logs them.
func (c *Config) String() string {
	var b strings.Builder
	for _, v := range c.Values() {
		b.WriteString(v.Name + "=" + strconv.Quote(v.Text) + " ")
	}
	return strings.TrimSpace(b.String())
}
