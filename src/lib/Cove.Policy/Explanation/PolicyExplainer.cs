using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>Reads a policy's text into a summary. The text is evaluated, not searched, so any way of writing it is understood.</summary>
public static class PolicyExplainer
{
    /// <summary>What a policy says.</summary>
    /// <exception cref="MalformedException">The text is not a policy.</exception>
    public static PolicySummary Explain(PolicyText policy)
    {
        EnforcementEngine engine;
        try
        {
            engine = new EnforcementEngine(policy.Text, PolicyData.Create([]));
        }
        catch (EnforcementException e)
        {
            throw new MalformedException("policy", "text", e.Message, inner: e);
        }

        var document = Read(engine);
        // Asked with nothing, a rule that looks at the request denies; one that does not, allows.
        var always = EnforcementPoints.All.Keys
            .Where(point => engine.Look($"data.policy.{point}", RegoObject.Empty) is RegoObject answer && PolicyReader.Flag(answer["allowed"]))
            .Order(StringComparer.Ordinal)
            .ToList();
        return new PolicySummary
        {
            Document = document,
            AlwaysAllowed = always,
            IsCustom = document.FrameworkVersion is null,
            Warnings = [.. PolicyWarnings.For(document, always).OrderBy(warning => warning.Severity)],
            HostData = policy.HostDataHex,
        };
    }

    private static PolicyDocument Read(EnforcementEngine engine)
    {
        RegoValue? Rule(string name) => engine.Look($"data.policy.{name}", RegoObject.Empty);
        bool Flag(string name) => PolicyReader.Flag(Rule(name));
        return new PolicyDocument
        {
            ApiVersion = PolicyReader.Text(Rule("api_version") ?? Rule("api_svn")),
            FrameworkVersion = PolicyReader.Text(Rule("framework_version") ?? Rule("framework_svn")),
            Fragments = PolicyReader.Fragments(Rule("fragments")),
            Containers = PolicyReader.Containers(Rule("containers")),
            ExternalProcesses = PolicyReader.ExternalProcesses(Rule("external_processes")),
            Flags = new PolicyFlags
            {
                AllowPropertiesAccess = Flag("allow_properties_access"),
                AllowDumpStacks = Flag("allow_dump_stacks"),
                AllowRuntimeLogging = Flag("allow_runtime_logging"),
                AllowEnvironmentVariableDropping = Flag("allow_environment_variable_dropping"),
                AllowUnencryptedScratch = Flag("allow_unencrypted_scratch"),
                AllowCapabilityDropping = Flag("allow_capability_dropping"),
                AllowHostNetwork = Flag("allow_host_network"),
            },
        };
    }
}
