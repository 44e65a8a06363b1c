using System.CommandLine;
using Cove.Policy.Fragments;

namespace Cove.Cli.Commands.Policy.Fragment;

internal sealed class ShowCommand : CoveCommand
{
    private readonly Argument<string> signed = new("fragment") { Description = "a signed fragment; - is standard input" };

    public ShowCommand()
        : base("show", "verify a signed fragment, and say who signed what")
    {
        Add(signed);
        Example("cove policy fragment show contoso.rego.cose", "issuer, feed, version, containers");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var verified = await FragmentFile.Verified(call, call.Get(signed), cancellation);
        var outline = FragmentOutline.Read(verified.Text());
        return Answer.Of(
            page =>
            {
                page.Line($"{page.Good("✓")} {outline.Namespace}, security version {outline.Svn ?? verified.Svn?.ToString() ?? "none"}, for framework {outline.FrameworkVersion ?? "unknown"}");
                page.Line($"  issuer      {verified.Issuer}");
                page.Line($"  feed        {verified.Feed}");
                foreach (var container in outline.Containers) page.Line($"  container   {container.Label}");
                foreach (var import in outline.Fragments) page.Line($"  fragment    {import.Feed}, from security version {import.MinimumSvn}, signed by {import.Issuer}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("namespace", outline.Namespace);
                writer.WriteString("svn", outline.Svn);
                if (verified.Svn is { } header) writer.WriteNumber("headerSvn", header);
                writer.WriteString("frameworkVersion", outline.FrameworkVersion);
                writer.WriteString("issuer", verified.Issuer);
                writer.WriteString("feed", verified.Feed);
                DenialPage.WriteTexts(writer, "containers", outline.Containers.Select(container => container.Label));
                writer.WriteString("text", verified.Text());
                writer.WriteEndObject();
            });
    }
}
