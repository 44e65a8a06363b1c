using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>
/// A policy with its framework, its loaded fragments and what it remembers; answers one question after another (spec §2.3). Not safe for concurrent
/// use.
/// </summary>
internal sealed class EnforcementEngine
{
    private readonly string policy;
    private readonly Dictionary<string, (string Namespace, string Text)> fragments = new(StringComparer.Ordinal);
    // What decides. The framework's reasons are compiled when a denial first asks for one: a guest starts sooner, and most are never denied anything.
    private PolicyProgram program;
    private PolicyProgram? explaining;
    private RegoObject facts;

    /// <summary>Compiles a policy.</summary>
    /// <param name="policy">Its text.</param>
    /// <param name="facts">What it is evaluated against, without metadata.</param>
    /// <param name="operatingSystem"><c>linux</c> or <c>windows</c>.</param>
    /// <exception cref="EnforcementException">It does not compile.</exception>
    internal EnforcementEngine(string policy, RegoObject facts, string operatingSystem = "linux")
    {
        this.facts = facts;
        this.policy = policy;
        program = CompileDeciding();
        Metadata = new MetadataStore(operatingSystem);
    }

    /// <summary>What it remembers.</summary>
    internal MetadataStore Metadata { get; }

    /// <summary>The facts, without metadata.</summary>
    internal RegoObject Facts
    {
        get => facts;
        set => facts = value;
    }

    /// <summary>Asks one question. An answer may change what is remembered, a failure does not.</summary>
    internal Ruling Ask(string point, RegoObject input)
    {
        var before = Metadata.State;
        try
        {
            var answer = Answer(point, input);
            return answer["allowed"] switch
            {
                null => throw new EnforcementException("unable to find value for key 'allowed'"),
                { Kind: RegoKind.Boolean } allowed when allowed == RegoValue.True => new Ruling.Allowed(answer),
                { Kind: RegoKind.Boolean } => new Ruling.Denied(Reason(point, input)),
                _ => throw new EnforcementException("value for 'allowed' is not a boolean"),
            };
        }
        catch (EnforcementException e)
        {
            Metadata.State = before;
            return new Ruling.Failed(e.Message);
        }
    }

    /// <summary>The value of a rule, for explanations; null where it is undefined or fails.</summary>
    internal RegoValue? Look(string path, RegoObject input)
    {
        try
        {
            return Evaluate(Explaining, path, input);
        }
        catch (EnforcementException)
        {
            return null; // an explanation that cannot be computed is left out: the decision stands without it
        }
    }

    /// <summary>How far each definition of the policy's own rule for a point gets; null where that cannot be found out.</summary>
    internal Rego.RegoExplanation? Trace(string point, RegoObject input)
    {
        try
        {
            return Explaining.Explain($"data.policy.{Known(point).Name}", input, facts.With("metadata", Metadata.State));
        }
        catch (EnforcementException)
        {
            return null; // as for Look: the decision stands without it
        }
    }

    /// <summary>Adds a fragment's module, replacing one of the same identity or namespace, until it is removed.</summary>
    /// <exception cref="EnforcementException">With it the policy does not compile.</exception>
    internal void AddModule(string identity, string @namespace, string text)
    {
        var before = fragments.ToArray();
        foreach (var (known, _) in before.Where(pair => pair.Value.Namespace == @namespace)) fragments.Remove(known);
        fragments[identity] = (@namespace, text);
        try
        {
            Recompile();
        }
        catch (EnforcementException)
        {
            fragments.Clear();
            foreach (var (known, module) in before) fragments[known] = module;
            throw;
        }
    }

    /// <summary>Removes a fragment's module.</summary>
    internal void RemoveModule(string identity)
    {
        if (fragments.Remove(identity)) Recompile();
    }

    private void Recompile()
    {
        var (decided, explained) = (program, explaining);
        explaining = null;
        try
        {
            program = CompileDeciding();
        }
        catch (EnforcementException)
        {
            (program, explaining) = (decided, explained);
            throw;
        }
    }

    private PolicyProgram CompileDeciding() => fragments.Values.Select(module => module.Text).Append(policy).Any(PolicyReach.DependsOnReasons)
        ? Explaining
        : PolicyProgram.Link(Own) ?? PolicyProgram.Compile([.. Own, .. FrameworkModules.Deciding]);

    private PolicyProgram Explaining => explaining ??= PolicyProgram.Compile([.. Own, .. FrameworkModules.All]);

    /// <summary>The policy and the fragments.</summary>
    private IEnumerable<(string Name, string Text)> Own => [("policy.rego", policy), .. fragments.Values.Select(module => ($"{module.Namespace}.rego", module.Text))];

    private RegoObject Answer(string point, RegoObject input)
    {
        var answer = AsObject(Evaluate($"data.policy.{Known(point).Name}", input));
        if (answer is not null) answer = TakeMetadata(answer);
        if (!EnforcementPoints.All.TryGetValue(point, out var info)) throw new EnforcementException($"enforcement point rule {point} does not exist");
        var available = ApiVersion().CompareTo(info.Introduced) >= 0;
        if (answer is { Count: > 0 } || !info.UseFramework || available)
        {
            if (answer is null or { Count: 0 } && available) throw new EnforcementException($"rule for {point} is missing from policy");
            return answer is null ? info.Defaults : info.Defaults.With(answer);
        }

        return TakeMetadata(AsObject(Evaluate($"data.framework.{point}", input)) ?? RegoObject.Empty);
    }

    // A name that is no point must not become part of a query.
    private static EnforcementPoint Known(string point) =>
        EnforcementPoints.All.TryGetValue(point, out var info)
            ? info
            : throw new EnforcementException($"enforcement point rule {point} does not exist");

    private SemanticVersion ApiVersion()
    {
        var declared = Evaluate("data.policy.api_version", RegoObject.Empty) ?? Evaluate("data.policy.api_svn", RegoObject.Empty);
        return declared is null ? throw new EnforcementException("policy does not define api_version")
            : declared is RegoString text && SemanticVersion.TryParse(text.Value, out var version) ? version
            : throw new EnforcementException("api_version of the policy is not a version");
    }

    private static RegoObject? AsObject(RegoValue? value) =>
        value is null or RegoObject ? value as RegoObject : throw new EnforcementException("unable to load results object from Rego query");

    private RegoObject TakeMetadata(RegoObject answer)
    {
        if (answer["metadata"] is not { } operations) return answer;
        Metadata.Apply(operations);
        return answer.Without("metadata");
    }

    private RegoValue? Reason(string point, RegoObject input)
    {
        try
        {
            return Evaluate(Explaining, "data.policy.reason", input.With("rule", RegoValue.Of(point)));
        }
        catch (EnforcementException)
        {
            return null; // a denial without a reason is still a denial
        }
    }

    private RegoValue? Evaluate(string path, RegoObject input) => Evaluate(program, path, input);

    private RegoValue? Evaluate(PolicyProgram asked, string path, RegoObject input) => asked.Evaluate(path, input, facts.With("metadata", Metadata.State));
}
