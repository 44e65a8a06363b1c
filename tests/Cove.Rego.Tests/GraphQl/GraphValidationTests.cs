using Cove.Rego.Tests.Builtins;

namespace Cove.Rego.Tests.GraphQl;

/// <summary>One query that is valid and, for each rule of the specification's chapter 5, the same with one thing wrong.</summary>
public sealed class GraphValidationTests
{
    private const string Schema = """
        interface Named { name: String! }
        type Dog implements Named { name: String! barks(loud: Boolean): Int }
        type Cat implements Named { name: String! meows(n: Int!): Int }
        union Pet = Dog | Cat
        enum Color { RED GREEN }
        input Filter { color: Color!, min: Int = 3, ids: [ID!] }
        directive @once on FIELD
        type Query { dog: Dog pet: Pet named(filter: Filter): Named list(color: Color = RED): [Dog!] }
        type Subscription { bark: Int meow: Int }
        """;

    [Theory]
    [InlineData("{ dog { name barks(loud: true) } }")]
    [InlineData("query Q($f: Filter!, $n: Int!) { named(filter: $f) { name ... on Cat { meows(n: $n) } } }")]
    [InlineData("{ pet { ...D __typename } } fragment D on Dog { name }")]
    [InlineData("{ named(filter: {color: GREEN, ids: [1, \"2\"]}) { name } __schema { types { name } } }")]
    [InlineData("query ($c: Color = GREEN) { list(color: $c) { name @once } }")]
    [InlineData("subscription { bark }")]
    [InlineData("{ pet { ... on Dog { x: name } ... on Cat { x: name } } }")]
    public void Accepts_a_valid_query(string query) =>
        Assert.Equal("true", BuiltinCall.EvalTexts("graphql.is_valid(input.q, input.s)", ("q", query), ("s", Schema)));

    [Theory]
    [InlineData("{ dog { nam } }", "Cannot query field \"nam\" on type \"Dog\". Did you mean \"name\"?\n in GraphQL string at location 1:9")]
    [InlineData("{ pet { name } }", "Cannot query field \"name\" on type \"Pet\". Did you mean to use an inline fragment on \"Named\", \"Cat\", or \"Dog\"?\n in GraphQL string at location 1:9")]
    [InlineData("{ dog { barks(lou: true) } }", "Unknown argument \"lou\" on field \"Dog.barks\". Did you mean \"loud\"?\n in GraphQL string at location 1:9")]
    [InlineData("{ dog { name @twice } }", "Unknown directive \"@twice\" in GraphQL string at location 1:15")]
    [InlineData("{ dog { ...D @once } } fragment D on Dog { name }", "Directive \"@once\" may not be used on FRAGMENT_SPREAD in GraphQL string at location 1:15")]
    [InlineData("{ dog { ...E } }", "Unknown fragment \"E\" in GraphQL string at location 1:12")]
    [InlineData("mutation { dog }", "Schema does not support operation type \"mutation\"\n in GraphQL string at location 1:1")]
    [InlineData("query ($x: Nope) { dog { name barks(loud: $x) } }", null)]
    [InlineData("{ dog { name } } query Q { dog { name } }", "This anonymous operation must be the only defined operation in GraphQL string at location 1:1")]
    [InlineData("{ dog { ...A } } fragment A on Dog { ...A }", "Cannot spread fragment \"A\" within itself in GraphQL string at location 1:41")]
    [InlineData("query Q { dog { barks(loud: $x) } }", "Variable \"$x\" is not defined by operation \"Q\" in GraphQL string at location 1:29")]
    [InlineData("{ dog { name } } fragment U on Dog { name }", "Fragment \"U\" is never used in GraphQL string at location 1:18")]
    [InlineData("query Q($x: Int) { dog { name } }", "Variable \"$x\" is never used in operation \"Q\" in GraphQL string at location 1:9")]
    [InlineData("{ dog { a: name a: barks } }", null)]
    [InlineData("{ dog { barks(loud: true) barks(loud: false) } }", "Fields \"barks\" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional in GraphQL string at location 1:27")]
    [InlineData("{ dog { ... on Cat { name } } }", "Fragment cannot be spread here as objects of type \"Dog\" can never be of type \"Cat\" in GraphQL string at location 1:13")]
    [InlineData("{ pet { ... on Cat { meows } } }", "Field \"meows\" argument \"n\" of type \"Int!\" is required, but it was not provided in GraphQL string at location 1:22")]
    [InlineData("{ dog }", "Field \"dog\" of type \"Dog\" must have a selection of subfields. Did you mean \"dog { ... }\"?\n in GraphQL string at location 1:3")]
    [InlineData("{ dog { name { x } } }", null)]
    [InlineData("subscription { bark meow }", "Anonymous Subscription must select only one top level field in GraphQL string at location 1:21")]
    [InlineData("{ dog { barks(loud: true, loud: true) } }", "There can be only one argument named \"loud\" in GraphQL string at location 1:27")]
    [InlineData("{ dog { name @once @once } }", "The directive \"@once\" can only be used once at this location in GraphQL string at location 1:21")]
    [InlineData("query Q { dog { name } } query Q { dog { name } }", "There can be only one operation named \"Q\" in GraphQL string at location 1:26")]
    [InlineData("{ list(color: BLUE) { name } }", "Value \"BLUE\" does not exist in \"Color\" enum in GraphQL string at location 1:15")]
    [InlineData("{ named(filter: {}) { name } }", "Field \"Filter.color\" of required type \"Color!\" was not provided in GraphQL string at location 1:17")]
    [InlineData("{ named(filter: {color: RED, mix: 1}) { name } }", "Field \"mix\" is not defined by type \"Filter\". Did you mean \"min\"?\n in GraphQL string at location 1:30")]
    [InlineData("{ dog { barks(loud: 1) } }", "Boolean cannot represent a non boolean value: 1\n in GraphQL string at location 1:21")]
    [InlineData("query ($d: Dog) { dog { name barks(loud: $d) } }", null)]
    [InlineData("query ($n: Int) { pet { ... on Cat { meows(n: $n) } } }", "Variable \"$n\" of type \"Int\" used in position expecting type \"Int!\" in GraphQL string at location 1:47")]
    public void Refuses_a_query_that_breaks_a_rule(string query, string? message)
    {
        var answer = BuiltinCall.EvalTexts("graphql.parse(input.q, input.s)", ("q", query), ("s", Schema));
        Assert.StartsWith("graphql.parse: ", answer, StringComparison.Ordinal);
        if (message is not null) Assert.Equal("graphql.parse: " + message, answer);
        Assert.Equal("false", BuiltinCall.EvalTexts("graphql.is_valid(input.q, input.s)", ("q", query), ("s", Schema)));
        Assert.Equal("[false,{},{}]", BuiltinCall.EvalTexts("graphql.parse_and_verify(input.q, input.s)", ("q", query), ("s", Schema)));
    }

    [Theory]
    [InlineData("type A { x: Int }", true)]
    [InlineData("type A { x: Int } type A { y: Int }", false)]
    [InlineData("type A { x: Missing }", false)]
    [InlineData("type A { x: Int } extend type A { y: Int }", true)]
    [InlineData("type A { x: Int } extend type A { x: Int }", false)]
    [InlineData("type A { x: Int } extend enum A { B }", false)]
    [InlineData("interface I { x: Int } type A implements I { x: Int! }", true)]
    [InlineData("interface I { x: Int! } type A implements I { x: Int }", false)]
    [InlineData("interface I { x: Int } interface J implements I { x: Int } type A implements J { x: Int }", false)]
    [InlineData("interface I { x: Int } interface J implements I { x: Int } type A implements J & I { x: Int }", true)]
    [InlineData("enum E { true }", false)]
    [InlineData("type __A { x: Int }", false)]
    [InlineData("directive @d(a: Int @d) on ARGUMENT_DEFINITION", false)]
    [InlineData("type A { x: Int @deprecated }", true)]
    [InlineData("type A @deprecated { x: Int }", false)]
    [InlineData("type Query { a: Int } schema { query: Query } schema { query: Query }", false)]
    [InlineData("schema { query: Nope }", false)]
    public void Checks_that_a_schema_holds_together(string schema, bool expected) =>
        Assert.Equal(expected ? "true" : "false", BuiltinCall.EvalTexts("graphql.schema_is_valid(input.s)", ("s", schema)));

    [Theory]
    [InlineData("{ a(x: 1.5e3, y: -2, z: \"q\\u0041\") }", true)]
    [InlineData("{ a(x: 01) }", false)]
    [InlineData("{ a(x: 1.) }", false)]
    [InlineData("{ a(x: \"open) }", false)]
    [InlineData("{ a(x: \"\\q\") }", false)]
    [InlineData("{ a ", false)]
    [InlineData("{ }", false)]
    public void Reads_text_to_the_letter(string query, bool expected) =>
        Assert.Equal(expected, !BuiltinCall.EvalTexts("graphql.parse_query(input.q)", ("q", query)).StartsWith("graphql", StringComparison.Ordinal));
}
