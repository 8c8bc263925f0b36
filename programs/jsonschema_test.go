package programs

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSchemasSayWhatTheTagsSay walks every key of every kind.
func TestSchemasSayWhatTheTagsSay(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		schema := Schema(kind)
		if kind == "flows" {
			require.Nil(t, schema)
			continue
		}
		if kind == "keywords" {
			schema = schema["items"].(map[string]any)
		}
		typ := new(Shop).list(kind).Type().Elem().Elem()
		properties := schema["properties"].(map[string]any)
		require.Equal(t, keysOf(typ), schema["x-order"])
		for _, f := range fieldsOf(typ) {
			property := properties[f.key].(map[string]any)
			require.Equal(t, f.secret, property["writeOnly"] == true, f.key)
			require.Equal(t, f.preset != "", property["default"] != nil, "%s.%s", kind, f.key)
			if len(f.oneof) > 0 {
				require.Equal(t, f.oneof, property["enum"])
			}
			if f.required {
				require.Contains(t, schema["required"], f.key)
			}
			if typ.Field(f.index).Type.Kind() == reflect.Int {
				require.Equal(t, json.Number(f.min), property["minimum"], f.key)
				require.Equal(t, json.Number(f.max), property["maximum"], f.key)
			}
		}
		_, err := json.Marshal(schema)
		require.NoError(t, err)
	}
	require.Nil(t, Schema("none"))
}

func TestSchemasDescribeKeysAsTheManualDoes(t *testing.T) {
	t.Parallel()
	carrier := Schema("carriers")["properties"].(map[string]any)
	require.Equal(t, "unanswered submit_sm per session; 1 to 10000", carrier["window"].(map[string]any)["description"])
	require.Equal(t, json.Number("10"), carrier["window"].(map[string]any)["default"])
	timeouts := carrier["timeouts"].(map[string]any)["properties"].(map[string]any)
	require.Equal(t, "5s", timeouts["deliver"].(map[string]any)["default"])
	require.Contains(t, timeouts["deliver"].(map[string]any)["description"], "deliver_sm_resp")
	require.Equal(t, "array", Schema("keywords")["type"], "the entries of a keyword are one object")
}

// TestDocumentsFollowTheirSchema: the document of an object with every key has
// nothing that its schema does not know, with the types that it says.
func TestDocumentsFollowTheirSchema(t *testing.T) {
	t.Parallel()
	for _, shop := range []*Shop{shopOf(t, fullShop), demoShop(t)} {
		for _, kind := range Kinds() {
			for _, key := range shop.Keys(kind) {
				if kind != "flows" {
					require.Empty(t, violation(shop.Document(kind, key), Schema(kind), ""), "%s %s", kind, key)
				}
			}
		}
	}
}

// violation finds where a document does not follow a schema.
func violation(value any, schema map[string]any, path string) string {
	if forms, ok := schema["oneOf"].([]any); ok {
		found := ""
		for _, form := range forms {
			if found = violation(value, form.(map[string]any), path); found == "" {
				return ""
			}
		}
		return found
	}
	switch value := value.(type) {
	case Document:
		return mapViolation(value, schema, path)
	case []any:
		for _, item := range value {
			if found := violation(item, schema["items"].(map[string]any), path); found != "" {
				return found
			}
		}
		return typed(schema, path, "array")
	case json.Number:
		return typed(schema, path, "integer", "number")
	case bool:
		return typed(schema, path, "boolean")
	}
	return typed(schema, path, "string")
}

func typed(schema map[string]any, path string, kinds ...string) string {
	for _, kind := range kinds {
		if schema["type"] == kind {
			return ""
		}
	}
	return path + ": not " + kinds[0]
}

func mapViolation(d Document, schema map[string]any, path string) string {
	properties, _ := schema["properties"].(map[string]any)
	others, _ := schema["additionalProperties"].(map[string]any)
	for _, e := range d {
		inner, known := properties[e.Key].(map[string]any)
		if !known {
			inner = others
		}
		if inner == nil {
			return path + "." + e.Key + ": unknown"
		}
		if found := violation(e.Value, inner, path+"."+e.Key); found != "" {
			return found
		}
	}
	return typed(schema, path, "object")
}
