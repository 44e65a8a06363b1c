using Cove.Rego.Analysis;
using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>Compiles Rego modules, v0 or v1, into a policy. Not thread-safe; the policy is.</summary>
public sealed class RegoCompiler(RegoCompilerOptions? options = null)
{
    private readonly RegoCompilerOptions _options = options ?? new RegoCompilerOptions();
    private readonly List<SourceText> _modules = [];

    /// <summary>Adds a module.</summary>
    /// <param name="file">The name that errors give it.</param>
    /// <param name="text">The module's text.</param>
    public RegoCompiler AddModule(string file, string text)
    {
        _modules.Add(new SourceText(file, text));
        return this;
    }

    /// <summary>Adds a module in UTF-8.</summary>
    /// <param name="file">The name that errors give it.</param>
    /// <param name="utf8">The module's text; bytes that are not UTF-8 are reported as errors where they stand.</param>
    public RegoCompiler AddModule(string file, ReadOnlySpan<byte> utf8) => AddModule(file, ByteText.FromBytes(utf8));

    /// <summary>Compiles all modules.</summary>
    /// <exception cref="RegoCompileException">A module is not valid, or the modules do not go together.</exception>
    public CompiledPolicy Compile()
    {
        try
        {
            return CompileModules();
        }
        catch (InsufficientExecutionStackException)
        {
            throw new RegoCompileException([new RegoError(RegoErrorStage.Parse, RegoError.ParseCode, "max parsing recursion depth exceeded", _modules[0].File, 1, 1)]);
        }
    }

    /// <summary>By name; those of one name as they were added. Without a library's sort, whose instantiation a fresh process would have to compile first.</summary>
    private List<SourceText> InOrder()
    {
        var sorted = new List<SourceText>(_modules.Count);
        foreach (var module in _modules)
        {
            var at = sorted.Count;
            while (at > 0 && string.CompareOrdinal(sorted[at - 1].File, module.File) > 0) at--;
            sorted.Insert(at, module);
        }

        return sorted;
    }

    private CompiledPolicy CompileModules()
    {
        var state = new CompilerState(_options);
        var errors = new List<RegoError>();
        foreach (var source in InOrder())
        {
            var parser = new Parser(source, new ParserOptions(_options.V1, _options.Capabilities.AndOr));
            if (parser.ParseModule() is { } module) state.Modules.Add(module);
            errors.AddRange(parser.Errors);
        }

        if (errors.Count > 0) throw new RegoCompileException(errors);
        PolicyAnalysis.Run(state);
        if (state.Failed) throw new RegoCompileException(state.Errors);
        return new CompiledPolicy(new CompiledProgram(state));
    }
}
