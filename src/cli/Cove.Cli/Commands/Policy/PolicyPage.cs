using Cove.Policy.Explanation;
using Cove.Policy.Model;

namespace Cove.Cli.Commands.Policy;

/// <summary>A policy in words.</summary>
internal static class PolicyPage
{
    public static void Write(Page page, PolicySummary summary)
    {
        var document = summary.Document;
        page.Line($"{page.Strong("policy")} {summary.HostData}");
        page.Line(document.FrameworkVersion is { } framework
            ? $"  written for api {document.ApiVersion ?? "unknown"}, framework {framework}: {Quantity.Of(document.Containers.Count, "container")}"
            : "  written by hand: it answers itself, without the framework");
        if (summary.AlwaysAllowed.Count > 0) page.Line($"  allows whatever is asked: {string.Join(", ", summary.AlwaysAllowed)}");
        foreach (var container in document.Containers) Write(page, container);
        WriteOutside(page, document);
        WriteWarnings(page, summary.Warnings);
    }

    public static string Rule(EnvRule rule) => rule switch
    {
        { Pattern: { } whole } => $"{whole}{How(rule.Strategy)}{Required(rule)}",
        _ => $"{rule.Name}{How(rule.NameStrategy)}={rule.Value}{How(rule.ValueStrategy)}{Required(rule)}",
    };

    public static string Mount(PolicyMount mount) => $"{mount.Destination} from {mount.Source} ({string.Join(", ", mount.Options.Prepend(mount.Type))})";

    public static string Word(WarningSeverity severity) => severity switch
    {
        WarningSeverity.Danger => "danger",
        WarningSeverity.Warning => "warning",
        _ => "note",
    };

    private static void Write(Page page, PolicyContainer container)
    {
        page.Line();
        page.Line($"{page.Strong(container.Label)}{(container.Id is { } id && id != container.Label ? $", image {id}" : "")}");
        Field(page, "command", container.Command is { Count: > 0 } command ? string.Join(' ', command.Select(Quoted)) : "none: it can never be created");
        Fields(page, "layer", container.Layers);
        Fields(page, "env", container.EnvRules.Select(Rule));
        Fields(page, "mount", container.Mounts.Select(Mount));
        Fields(page, "exec", container.ExecProcesses.Select(process => string.Join(' ', process.Command.Select(Quoted))));
        if (container.Signals.Count > 0) Field(page, "signals", string.Join(", ", container.Signals));
        Field(page, "user", $"{Who(container.User.User)}, groups {string.Join(" or ", container.User.Groups.Select(Who))}, umask {container.User.Umask}");
        Field(page, "directory", container.WorkingDir);
        Field(page, "may", string.Join(", ", Abilities(container)));
    }

    private static void WriteOutside(Page page, PolicyDocument document)
    {
        var flags = document.Flags;
        page.Line();
        page.Line(page.Strong("outside the containers"));
        Field(page, "host sees", string.Join(", ", Listed(
            (flags.AllowPropertiesAccess, "process lists and statistics"), (flags.AllowDumpStacks, "stacks"), (flags.AllowRuntimeLogging, "the guest's log"))));
        Field(page, "scratch", flags.AllowUnencryptedScratch ? "may be unencrypted" : "encrypted");
        Fields(page, "process", document.ExternalProcesses.Select(process => string.Join(' ', process.Command)));
        Fields(page, "fragment", document.Fragments.Select(fragment => $"{fragment.Feed}, from security version {fragment.MinimumSvn}, signed by {fragment.Issuer}"));
    }

    private static void WriteWarnings(Page page, IReadOnlyList<PolicyWarning> warnings)
    {
        if (warnings.Count == 0) return;
        page.Line();
        page.Line(page.Strong("worth knowing"));
        foreach (var warning in warnings)
        {
            var word = Word(warning.Severity).PadRight(7);
            page.Line($"  {(warning.Severity == WarningSeverity.Danger ? page.Bad(word) : word)}  {warning.Field}: {warning.Text}");
        }
    }

    private static IEnumerable<string> Abilities(PolicyContainer container)
    {
        yield return container.AllowStdioAccess ? "show its output to the host" : "not show its output to the host";
        yield return container.AllowElevated ? "run privileged" : "not run privileged";
        yield return container.NoNewPrivileges ? "not gain privileges" : "gain privileges";
        if (container.SeccompProfileSha256.Length > 0) yield return $"make system calls of profile {container.SeccompProfileSha256[..12]}…";
    }

    private static string[] Listed(params ReadOnlySpan<(bool Set, string Text)> all)
    {
        var set = new List<string>();
        foreach (var (given, text) in all)
            if (given) set.Add(text);
        return set.Count > 0 ? [.. set] : ["nothing more"];
    }

    private static void Fields(Page page, string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Field(page, name, value);
            name = "";
        }
    }

    private static void Field(Page page, string name, string value) => page.Line($"  {name,-9}  {value}");

    private static string Who(IdentityRule rule) => rule.Strategy switch
    {
        "any" => "any",
        "re2" => $"matching {rule.Pattern}",
        _ => rule.Pattern,
    };

    private static string How(string? strategy) => strategy == "re2" ? " (pattern)" : "";

    private static string Required(EnvRule rule) => rule.Required ? ", required" : "";

    private static string Quoted(string word) => word.Length > 0 && !word.AsSpan().ContainsAny(" '\"\n") ? word : $"'{word}'";
}
