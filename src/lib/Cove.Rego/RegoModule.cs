using Cove.Rego.Formatting;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>One module as it was written: what tools work on. It is valid by itself; whether it goes together with others is for <see cref="RegoCompiler"/>.</summary>
public sealed class RegoModule
{
    private readonly Module module;

    private RegoModule(Module module) => this.module = module;

    /// <summary>The name that errors give it.</summary>
    public string File => module.Source.File;

    /// <summary>Whether the rules of version 1 hold: by option, or because it imports <c>rego.v1</c>.</summary>
    public bool IsV1 => module.IsV1;

    /// <summary>The package, for instance <c>data.policy</c>.</summary>
    public string Package => TermText.Of(module.Package);

    /// <summary>Reads a module.</summary>
    /// <param name="file">The name that errors give it.</param>
    /// <param name="text">Its text.</param>
    /// <param name="options">The version of the language and the capabilities; null for the defaults.</param>
    /// <exception cref="RegoCompileException">It is not valid.</exception>
    public static RegoModule Parse(string file, string text, RegoCompilerOptions? options = null)
    {
        var settings = options ?? new RegoCompilerOptions();
        try
        {
            var parser = new Parser(new SourceText(file, text), new ParserOptions(settings.V1, settings.Capabilities.AndOr));
            return new RegoModule(parser.ParseModule() ?? throw new RegoCompileException(parser.Errors));
        }
        catch (InsufficientExecutionStackException)
        {
            throw new RegoCompileException([new RegoError(RegoErrorStage.Parse, RegoError.ParseCode, "max parsing recursion depth exceeded", file, 1, 1)]);
        }
    }

    /// <summary>Reads a module in UTF-8.</summary>
    /// <param name="file">The name that errors give it.</param>
    /// <param name="utf8">Its text; bytes that are not UTF-8 are reported as errors where they stand.</param>
    /// <param name="options">The version of the language and the capabilities; null for the defaults.</param>
    /// <exception cref="RegoCompileException">It is not valid.</exception>
    public static RegoModule Parse(string file, ReadOnlySpan<byte> utf8, RegoCompilerOptions? options = null) => Parse(file, ByteText.FromBytes(utf8), options);

    /// <summary>The module's text in the layout of <c>opa fmt</c>. Reading it gives the same module, and formatting it the same text.</summary>
    public string Format() => ModuleFormatter.Format(module);

    /// <summary>The module as data, in the form of <c>opa parse --format json</c>.</summary>
    /// <param name="options">What to leave out or add; null for what OPA shows.</param>
    public RegoObject ToAst(AstOptions? options = null) => new AstWriter(options ?? AstOptions.Default).Module(module);
}
