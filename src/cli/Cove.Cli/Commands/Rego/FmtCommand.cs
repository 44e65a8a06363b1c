using System.CommandLine;
using System.Text;
using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

internal sealed class FmtCommand : CoveCommand
{
    private const int MaximumFile = 16 * 1024 * 1024;
    private readonly Argument<string[]> files = new("file") { Description = "modules (.rego), or folders of them; - or nothing is standard input", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> list = new("--list", "-l") { Description = "print the names of the files whose layout differs" };
    private readonly Option<bool> diff = new("--diff", "-d") { Description = "print what would change" };
    private readonly Option<bool> write = new("--write", "-w") { Description = "write the files back" };
    private readonly Option<bool> fail = new("--fail") { Description = "exit with 3 where a file's layout differs" };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };

    public FmtCommand()
        : base("fmt", "lay Rego modules out in the one usual way")
    {
        Add(files);
        foreach (var option in (Option[])[list, diff, write, fail, v0]) Add(option);
        Details = "The layout is that of opa fmt. Nothing but layout changes: the module read back is the same, with every comment.";
        Example("cove rego fmt policy.rego", "the module as it should look");
        Example("cove rego fmt -w policies/", "write every module of a folder back");
        Example("cove rego fmt --list --fail policies/", "a check for a build");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var options = new RegoCompilerOptions { V1 = !call.Get(v0) };
        var results = new List<Formatted>();
        foreach (var (name, path) in RegoFiles.Modules(call, call.Get(files) is { Length: > 0 } given ? given : ["-"]))
        {
            var text = Encoding.UTF8.GetString(await call.Read(path, MaximumFile, cancellation));
            var formatted = RegoFiles.Compiling(() => RegoModule.Parse(name, text, options).Format());
            results.Add(new Formatted(name, text, formatted));
            if (call.Get(write) && formatted != text && path != "-") await File.WriteAllTextAsync(call.FullPath(path), formatted, cancellation);
        }

        var changed = results.FindAll(static r => r.Text != r.Result);
        return Answer.Of(
            page => Show(call, page, results, changed),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("files");
                foreach (var result in results)
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", result.Name);
                    writer.WriteBoolean("changed", result.Text != result.Result);
                    if (!call.Get(write)) writer.WriteString("text", result.Result);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            call.Get(fail) && changed.Count > 0 ? (int)ExitCode.Rejected : 0);
    }

    private void Show(Invocation call, Page page, List<Formatted> results, List<Formatted> changed)
    {
        if (call.Get(list))
        {
            foreach (var result in changed) page.Line(result.Name);
        }

        if (call.Get(diff))
        {
            foreach (var result in changed) page.Document(LineDiff.Write(result.Name, result.Text, result.Result));
        }

        if (call.Get(list) || call.Get(diff) || call.Get(write)) return;
        foreach (var result in results) page.Document(result.Result);
    }

    private sealed record Formatted(string Name, string Text, string Result);
}
