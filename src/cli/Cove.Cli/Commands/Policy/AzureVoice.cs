using Cove.Cli.Output;
using Cove.Policy.Model;

namespace Cove.Cli.Commands.Policy;

/// <summary>What <c>az confcom</c> says on standard error, and how it ends where it cannot go on (spec §6.2, §6.3).</summary>
internal sealed class AzureVoice(Terminal terminal)
{
    /// <summary>Every error of its own ends it so; the command line's own errors do too.</summary>
    private const ExitCode Failure = (ExitCode)1;

    private const string Secrets =
        "Secrets that are included in the provided arm template or configuration files in the container env or cmd sections will be printed out with this flag. "
        + "These are outputed secrets that you must protect. Be sure that you do not include these secrets in your source control. "
        + "Also verify that no secrets are present in the logs of your command or script. For additional information, see http://aka.ms/clisecrets. \n";

    private const string Stdio =
        "WARNING: Using default stdio setting (Enabled)\nFor the most secure deployments, ensure stdio is disabled. "
        + "Default behaviour may change in the future, you can set stdio with:\n    --disable-stdio\n    --enable-stdio\n";

    /// <summary>One of its warnings. It colours them on a terminal, and names their level elsewhere.</summary>
    public void Warn(string text)
    {
        foreach (var line in Levelled("WARNING", text).Split('\n')) terminal.Note(line);
    }

    /// <summary>What it says before it begins.</summary>
    public void Announce(AzureRequest asked, AzureOptions options)
    {
        if (asked.Existing || asked.Raw || asked.Pretty) Warn(Secrets);
        if (!options.EnableStdio && !options.DisableStdio) Warn(Stdio);
        if (asked.Existing) return;
        if (options.DebugMode) Warn("WARNING: Debug mode must only be used for debugging purposes.  It should not be used for production systems.\n");
        var least = FragmentImport.AciInfrastructure.MinimumSvn;
        if (int.TryParse(options.InfrastructureSvn, out var svn) && svn < int.Parse(least, System.Globalization.CultureInfo.InvariantCulture))
            Warn($"Input Infrastructure Fragment Software Version Number is less than the default Infrastructure SVN: {least}");
        var kind = asked.Template is not null ? "ARM Template" : asked.Image is not null ? "Image" : "Input File";
        var source = asked.Input ?? asked.Template ?? asked.Image ?? asked.VirtualNode ?? "None";
        Warn($"Generating security policy for {kind}: {source} in {(asked.Raw || asked.Pretty ? "clear text" : "base64")}");
    }

    /// <summary>Says so where a policy takes in other fragments than the platform's alone.</summary>
    public void WarnOfFragments(IReadOnlyList<FragmentImport>? fragments)
    {
        if (fragments is null || (fragments is [var only] && Same(only, FragmentImport.AciInfrastructure))) return;
        Warn("Fragments in the existing policy are not the defaults. If this is expected, ignore this warning.");
    }

    /// <summary>The same failure as it would end: its line, its exit code. What only we look for has our words after its level.</summary>
    public CommandFailedException Failed(Exception thrown, CancellationToken cancellation)
    {
        var failure = Shell.Failure.From(thrown, cancellation);
        return new CommandFailedException(failure with { ExitCode = Failure, Line = Levelled("ERROR", failure.Message) }, thrown);
    }

    private static bool Same(FragmentImport left, FragmentImport right) =>
        (left.Issuer, left.Feed, left.MinimumSvn) == (right.Issuer, right.Feed, right.MinimumSvn) && left.Includes.ToHashSet(StringComparer.Ordinal).SetEquals(right.Includes);

    private string Levelled(string level, string text) => terminal.Traits.ErrorColour ? text : $"{level}: {text}";
}
