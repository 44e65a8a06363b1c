using Cove.Attestation.Claims;

namespace Cove.Attestation.Maa.Policies;

/// <summary>One evaluation: the claims so far, and what the rules have decided.</summary>
internal sealed class PolicyEvaluation
{
    /// <summary>Most comparisons before a policy is given up: rules over many claims multiply.</summary>
    private const int MaximumSteps = 2_000_000;

    private const int MaximumClaims = 20_000;
    private readonly List<PolicyClaim> _claims;
    private readonly HashSet<PolicyClaim> _known;
    private readonly Dictionary<string, List<ClaimValue>> _issued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClaimValue> _properties = new(StringComparer.Ordinal);
    private int _steps;

    public PolicyEvaluation(IEnumerable<PolicyClaim> incoming)
    {
        _claims = [.. incoming.Distinct()];
        _known = [.. _claims];
    }

    public bool Permitted { get; private set; }

    public bool Denied { get; private set; }

    /// <summary>Issued claims; a type with several values has them all.</summary>
    public IReadOnlyDictionary<string, List<ClaimValue>> Issued => _issued;

    /// <summary>Issued properties.</summary>
    public IReadOnlyDictionary<string, ClaimValue> Properties => _properties;

    public void Run(PolicySection section, IReadOnlyList<PolicyRule> rules)
    {
        foreach (var rule in rules) new RuleRun(this, section, rule, _claims.Count).Match(0);
    }

    private void Step()
    {
        if (++_steps > MaximumSteps) throw new PolicyEvaluationException($"it takes more than {MaximumSteps} comparisons");
    }

    private void Add(PolicyClaim claim)
    {
        if (!_known.Add(claim)) return;
        if (_claims.Count == MaximumClaims) throw new PolicyEvaluationException($"it makes more than {MaximumClaims} claims");
        _claims.Add(claim);
    }

    /// <summary>A rule over the claims that were there when it began; those that it adds are for the rules after it.</summary>
    private sealed class RuleRun(PolicyEvaluation owner, PolicySection section, PolicyRule rule, int count)
    {
        private readonly Dictionary<string, PolicyClaim> _bound = new(StringComparer.Ordinal);
        private readonly HashSet<string> _single = PolicyReferences.Single(rule);

        /// <summary>
        /// Goes on with every claim that satisfies a condition whose claim is used one at a time, and once where only its being
        /// there, or the set of all of them, matters.
        /// </summary>
        public void Match(int index)
        {
            if (index == rule.Conditions.Count)
            {
                Execute();
                return;
            }

            var condition = rule.Conditions[index];
            var each = condition.Identifier is { } name && _single.Contains(name);
            var found = false;
            for (var i = 0; i < count && (each || !found); i++)
            {
                if (!Passes(owner._claims[i], condition)) continue;
                found = true;
                if (!each) continue;
                _bound[condition.Identifier!] = owner._claims[i];
                Match(index + 1);
            }

            if (!each && found != condition.Negated) Match(index + 1);
        }

        private bool Passes(PolicyClaim claim, PolicyCondition condition)
        {
            foreach (var test in condition.Tests)
            {
                owner.Step();
                if (!Holds(claim.Get(test.Property), test.Comparison, Operand(test.Operand))) return false;
            }

            return true;
        }

        private ClaimValue Operand(PolicyExpression operand) => operand switch
        {
            PolicyExpression.Literal literal => literal.Value,
            PolicyExpression.Property property => _bound[property.Identifier].Get(property.Of),
            _ => throw new PolicyEvaluationException("a condition compares with a function"),
        };

        // Values of different types do not compare, so neither equal nor different holds between them.
        private static bool Holds(ClaimValue left, Comparison comparison, ClaimValue right) => comparison switch
        {
            Comparison.Equal => left.Equals(right),
            Comparison.NotEqual => left.GetType() == right.GetType() && !left.Equals(right),
            _ => left is ClaimValue.Integer a && right is ClaimValue.Integer b && comparison switch
            {
                Comparison.Less => a.Value < b.Value,
                Comparison.LessOrEqual => a.Value <= b.Value,
                Comparison.Greater => a.Value > b.Value,
                _ => a.Value >= b.Value,
            },
        };

        private void Execute()
        {
            switch (rule.Action)
            {
                case RuleAction.Permit:
                    owner.Permitted = true;
                    return;
                case RuleAction.Deny:
                    owner.Denied = true;
                    return;
            }

            var (types, _) = Evaluate(rule.Type!);
            if (types is not [ClaimValue.Text type]) throw new PolicyEvaluationException("the type of a claim is not one string");
            var (values, readOnly) = Evaluate(rule.Value!);
            foreach (var value in values) Emit(type.Value, value, readOnly);
        }

        private void Emit(string type, ClaimValue value, bool readOnly)
        {
            owner.Step();
            if (rule.ValueType is { } wanted && PolicyClaim.TypeOf(value) != wanted) throw new PolicyEvaluationException($"the value of {type} is no {wanted}");
            if (rule.Action == RuleAction.IssueProperty)
            {
                if (!owner._properties.TryAdd(type, value) && !owner._properties[type].Equals(value)) throw new PolicyEvaluationException($"the property {type} is issued with two values");
                return;
            }

            owner.Add(new PolicyClaim(type, value, PolicyClaim.Policy, readOnly));
            // Where published samples issue within authorizationrules they mean a claim for later rules.
            if (rule.Action != RuleAction.Issue || section != PolicySection.Issuance) return;
            if (readOnly) throw new PolicyEvaluationException($"the claim {type} comes from one that may not be issued");
            if (!owner._issued.TryGetValue(type, out var values)) owner._issued[type] = values = [];
            if (!values.Contains(value)) values.Add(value);
        }

        private (IReadOnlyList<ClaimValue> Values, bool ReadOnly) Evaluate(PolicyExpression expression, bool asSet = false)
        {
            switch (expression)
            {
                case PolicyExpression.Literal literal:
                    return ([literal.Value], false);
                case PolicyExpression.Property property when asSet:
                    var condition = rule.Conditions.First(candidate => candidate.Identifier == property.Identifier);
                    List<PolicyClaim> all = [.. owner._claims.Take(count).Where(claim => Passes(claim, condition))];
                    return ([.. all.Select(claim => claim.Get(property.Of))], all.Exists(claim => claim.ReadOnly));
                case PolicyExpression.Property property:
                    var bound = _bound[property.Identifier];
                    return ([bound.Get(property.Of)], bound.ReadOnly);
                default:
                    var call = (PolicyExpression.Call)expression;
                    var arguments = call.Arguments.Select(argument => Evaluate(argument, call.Function.TakesSets)).ToList();
                    return (call.Function.Apply([.. arguments.Select(argument => argument.Values)]), call.Function.KeepsReadOnly && arguments.Exists(argument => argument.ReadOnly));
            }
        }
    }
}
