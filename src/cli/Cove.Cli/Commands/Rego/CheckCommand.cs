using System.CommandLine;
using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

internal sealed class CheckCommand : CoveCommand
{
    private readonly Argument<string[]> files = new("file") { Description = "modules (.rego), or folders of them", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };
    private readonly Option<string[]> ignore = RegoOptions.Ignore();
    private readonly Option<bool> strict = new("--strict", "-S") { Description = "also refuse what is unused or out of date" };

    public CheckCommand()
        : base("check", "say whether Rego modules are valid, with the place of each error")
    {
        Add(files);
        Add(ignore);
        Add(v0);
        Add(strict);
        Example("cove rego check policy.rego", "silent errors show here and not in the guest");
        Example("cove rego check policies/ --strict", "every module of a folder, as one policy");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var read = await RegoFiles.Read(call, call.Get(files), call.Get(ignore) ?? [], cancellation);
        read.Compile(new RegoCompilerOptions { V1 = !call.Get(v0), Strict = call.Get(strict) });
        return Answer.Of(
            page => page.Line($"{page.Good("✓ valid")}: {Quantity.Of(read.Names.Count, "module")}"),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("modules", read.Names.Count);
                writer.WriteEndObject();
            });
    }
}
