
namespace Cove.Attestation.Maa.Policies;

/// <summary>Parses a policy by recursive descent, one method for each rule of the grammar.</summary>
internal sealed class PolicyParser
{
    private const int MaximumRules = 2000;
    private const int MaximumConditions = 32;
    private const int MaximumNesting = 16;
    private static readonly string[] SectionNames = ["configurationrules", "authorizationrules", "issuancerules"];
    private readonly List<PolicyToken> _tokens;
    private int _at;
    private int _rules;

    public PolicyParser(string text) => _tokens = new PolicyLexer(text).Tokens();

    /// <summary>1.0, 1.1 or 1.2 as 0, 1 and 2.</summary>
    public int MinorVersion { get; private set; }

    private PolicyToken Current => _tokens[_at];

    public Dictionary<PolicySection, IReadOnlyList<PolicyRule>> Parse()
    {
        ParseVersion();
        Dictionary<PolicySection, IReadOnlyList<PolicyRule>> sections = [];
        var last = -1;
        while (Current.Kind != PolicyTokenKind.End)
        {
            var name = Current;
            var index = Array.FindIndex(SectionNames, known => name.IsWord(known));
            if (index < 0) throw PolicyErrors.At(name, $"expected {string.Join(", ", SectionNames)}");
            if (index <= last) throw PolicyErrors.At(name, $"a section occurs once, and in the order {string.Join(", ", SectionNames)}");
            if (index == 0 && MinorVersion < 1) throw PolicyErrors.At(name, "needs version 1.1 or later");
            last = index;
            _at++;
            sections[(PolicySection)index] = ParseRules((PolicySection)index);
        }

        return sections;
    }

    private void ParseVersion()
    {
        if (!Current.IsWord("version")) throw PolicyErrors.At(Current, "expected version");
        _at++;
        Expect("=");
        var major = ExpectKind(PolicyTokenKind.Integer, "a version number");
        Expect(".");
        var minor = ExpectKind(PolicyTokenKind.Integer, "a version number");
        Expect(";");
        if (major.Text != "1" || minor.Text is not ("0" or "1" or "2")) throw PolicyErrors.At(major, $"version {major.Text}.{minor.Text} is unknown, expected 1.0, 1.1 or 1.2");
        MinorVersion = (int)minor.Integer;
    }

    private List<PolicyRule> ParseRules(PolicySection section)
    {
        List<PolicyRule> rules = [];
        Expect("{");
        while (!Current.Is("}"))
        {
            if (++_rules > MaximumRules) throw PolicyErrors.At(Current, $"a policy has at most {MaximumRules} rules");
            rules.Add(ParseRule(section));
        }

        Expect("}");
        Expect(";");
        return rules;
    }

    private PolicyRule ParseRule(PolicySection section)
    {
        var start = Current;
        List<PolicyCondition> conditions = [];
        HashSet<string> bound = new(StringComparer.Ordinal);
        if (!Current.Is("=>"))
        {
            do
            {
                if (conditions.Count == MaximumConditions) throw PolicyErrors.At(Current, $"a rule has at most {MaximumConditions} conditions");
                conditions.Add(ParseCondition(bound));
            }
            while (Accept("&&"));
        }

        Expect("=>");
        var (action, claim) = ParseAction(section, bound);
        Expect(";");
        return new PolicyRule(conditions, action, claim?.Type, claim?.Value, claim?.ValueType, start.Line);
    }

    private PolicyCondition ParseCondition(HashSet<string> bound)
    {
        var start = Current;
        var negated = Accept("!");
        if (negated && MinorVersion < 2) throw PolicyErrors.At(start, "needs version 1.2");
        string? identifier = null;
        if (Current.Kind == PolicyTokenKind.Identifier)
        {
            identifier = Current.Text;
            if (negated) throw PolicyErrors.At(Current, "a condition that must not hold binds no claim");
            if (!bound.Add(identifier)) throw PolicyErrors.At(Current, "is bound by an earlier condition of this rule");
            _at++;
            Expect(":");
        }

        Expect("[");
        List<PropertyTest> tests = [];
        do tests.Add(ParseTest(bound, identifier));
        while (Accept(","));
        Expect("]");
        return new PolicyCondition(negated, identifier, tests);
    }

    private PropertyTest ParseTest(HashSet<string> bound, string? self)
    {
        var property = ParseProperty();
        var symbol = ExpectKind(PolicyTokenKind.Symbol, "a comparison");
        var comparison = symbol.Text switch
        {
            // One published sample writes a single "=".
            "==" or "=" => Comparison.Equal,
            "!=" => Comparison.NotEqual,
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            _ => throw PolicyErrors.At(symbol, "expected a comparison"),
        };
        var operand = Current;
        var expression = ParseOperand(bound);
        if (expression is PolicyExpression.Property { Identifier: var name } && name == self) throw PolicyErrors.At(operand, "a condition cannot refer to the claim it binds");
        return new PropertyTest(property, comparison, expression);
    }

    private (RuleAction Action, NewClaim? Claim) ParseAction(PolicySection section, HashSet<string> bound)
    {
        var name = ExpectKind(PolicyTokenKind.Identifier, "an action");
        var action = Enum.GetValues<RuleAction>().Cast<RuleAction?>().FirstOrDefault(known => name.IsWord(known.ToString()!)) ?? throw PolicyErrors.At(name, "is no action");
        var allowed = section switch
        {
            PolicySection.Configuration => action is RuleAction.IssueProperty,
            PolicySection.Authorization => action is not RuleAction.IssueProperty,
            _ => action is RuleAction.Add or RuleAction.Issue or RuleAction.IssueProperty,
        };
        if (!allowed) throw PolicyErrors.At(name, $"is not an action of {SectionNames[(int)section]}");
        Expect("(");
        var claim = action is RuleAction.Permit or RuleAction.Deny ? null : ParseClaim(bound);
        Expect(")");
        return (action, claim);
    }

    private NewClaim ParseClaim(HashSet<string> bound)
    {
        var start = Current;
        if (start.IsWord("claim"))
        {
            _at++;
            Expect("=");
            var of = ExpectKind(PolicyTokenKind.Identifier, "the name of a bound claim");
            if (!bound.Contains(of.Text)) throw PolicyErrors.At(of, "is not bound by a condition of this rule");
            return new NewClaim(new PolicyExpression.Property(of.Text, ClaimProperty.Type), new PolicyExpression.Property(of.Text, ClaimProperty.Value), null);
        }

        Dictionary<ClaimProperty, PolicyExpression> assigned = [];
        do
        {
            // Published samples leave "type=" out where the type comes first.
            if (Current.Kind == PolicyTokenKind.Text && assigned.Count == 0)
            {
                assigned[ClaimProperty.Type] = ParseExpression(bound, 0);
                continue;
            }

            var name = Current;
            var property = ParseProperty();
            Expect("=");
            if (!assigned.TryAdd(property, property is ClaimProperty.Issuer or ClaimProperty.ValueType ? ParseFixed(property) : ParseExpression(bound, 0)))
                throw PolicyErrors.At(name, "is assigned twice");
        }
        while (Accept(","));
        if (!assigned.TryGetValue(ClaimProperty.Type, out var type) || !assigned.TryGetValue(ClaimProperty.Value, out var value)) throw PolicyErrors.At(start, "expected type and value");
        return new NewClaim(type, value, assigned.TryGetValue(ClaimProperty.ValueType, out var valueType) ? ((PolicyExpression.Literal)valueType).Value.ToString() : null);
    }

    // A policy's claims are its own, and their type follows from their value: both may be said, and not otherwise.
    private PolicyExpression.Literal ParseFixed(ClaimProperty property)
    {
        var text = ExpectKind(PolicyTokenKind.Text, "a string");
        string[] allowed = property == ClaimProperty.Issuer ? [PolicyClaim.Policy] : ["Boolean", "Integer", "String"];
        return allowed.Contains(text.Text, StringComparer.Ordinal) ? new PolicyExpression.Literal(text.Text) : throw PolicyErrors.At(text, $"expected {string.Join(" or ", allowed)}");
    }

    private PolicyExpression ParseExpression(HashSet<string> bound, int depth)
    {
        if (Current.Kind != PolicyTokenKind.Identifier || !_tokens[_at + 1].Is("(")) return ParseOperand(bound);
        if (depth == MaximumNesting) throw PolicyErrors.At(Current, $"calls are nested at most {MaximumNesting} deep");
        var name = Current;
        if (MinorVersion < 2) throw PolicyErrors.At(name, "functions need version 1.2");
        var function = PolicyFunction.Find(name.Text) ?? throw PolicyErrors.At(name, "is no function");
        _at += 2;
        List<PolicyExpression> arguments = [];
        if (!Current.Is(")"))
        {
            do arguments.Add(ParseExpression(bound, depth + 1));
            while (arguments.Count <= function.Arity && Accept(","));
        }

        Expect(")");
        return arguments.Count == function.Arity ? new PolicyExpression.Call(function, arguments) : throw PolicyErrors.At(name, $"takes {function.Arity} arguments");
    }

    private PolicyExpression ParseOperand(HashSet<string> bound)
    {
        var token = Current;
        _at++;
        switch (token.Kind)
        {
            case PolicyTokenKind.Text: return new PolicyExpression.Literal(token.Text);
            case PolicyTokenKind.Integer: return new PolicyExpression.Literal(token.Integer);
            case PolicyTokenKind.Identifier when !Current.Is(".") && (token.IsWord("true") || token.IsWord("false")): return new PolicyExpression.Literal(token.IsWord("true"));
            case PolicyTokenKind.Identifier:
                if (!bound.Contains(token.Text)) throw PolicyErrors.At(token, "is not bound by a condition of this rule");
                Expect(".");
                return new PolicyExpression.Property(token.Text, ParseProperty());
            default: throw PolicyErrors.At(token, "expected a value");
        }
    }

    private ClaimProperty ParseProperty()
    {
        var name = ExpectKind(PolicyTokenKind.Identifier, "a property of a claim");
        foreach (var property in Enum.GetValues<ClaimProperty>())
        {
            if (name.IsWord(property.ToString())) return property;
        }

        throw PolicyErrors.At(name, "expected type, value, valueType or issuer");
    }

    private bool Accept(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol)) throw PolicyErrors.At(Current, $"expected '{symbol}'");
    }

    private PolicyToken ExpectKind(PolicyTokenKind kind, string what)
    {
        var token = Current;
        if (token.Kind != kind) throw PolicyErrors.At(token, $"expected {what}");
        _at++;
        return token;
    }

    private sealed record NewClaim(PolicyExpression Type, PolicyExpression Value, string? ValueType);
}
