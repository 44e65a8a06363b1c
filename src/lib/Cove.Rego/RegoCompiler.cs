using Cove.Rego.Analysis;
using Cove.Rego.Evaluation;
using Cove.Rego.Linking;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>Compiles Rego modules, v0 or v1, into a policy. Not thread-safe; the policy is.</summary>
public sealed class RegoCompiler(RegoCompilerOptions? options = null)
{
    private readonly RegoCompilerOptions _options = options ?? new RegoCompilerOptions();
    private readonly List<SourceText> _modules = [];
    private RegoImage? _image;

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

    /// <summary>
    /// Joins the modules with others that were compiled before. They must have been compiled with the same options; no module may belong to a package of the
    /// image, nor to one above or below it. The image's rules were checked knowing nothing of the types of these modules' documents.
    /// </summary>
    /// <exception cref="InvalidOperationException">The options do not go with an image, or there is one already.</exception>
    public RegoCompiler Link(RegoImage image)
    {
        if (_image is not null) throw new InvalidOperationException("one image can be linked");
        if (!IsPlain || _options.V1 != image.IsV1)
            throw new InvalidOperationException("an image is linked with the options that it was compiled with: all builtins, not strict, without prints, the same version");
        _image = image;
        return this;
    }

    /// <summary>Compiles all modules by themselves, to be linked with others later.</summary>
    /// <exception cref="RegoCompileException">A module is not valid, or the modules do not go together.</exception>
    /// <exception cref="InvalidOperationException">The options leave builtins out or bring some, are strict, or keep prints.</exception>
    public byte[] CompileImage() => IsPlain && _image is null
        ? ImageWriter.Write(Analyse())
        : throw new InvalidOperationException("an image is compiled with all builtins and no others, not strict, without prints, and from text only");

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

    private bool IsPlain => !_options.Strict && !_options.Print && _options.CustomBuiltins.Count == 0 && _options.Capabilities == RegoCapabilities.Default;

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

    private CompiledPolicy CompileModules() => new(new CompiledProgram(Analyse()));

    private CompilerState Analyse()
    {
        var state = new CompilerState(_options, _image);
        var errors = new List<RegoError>();
        foreach (var source in InOrder())
        {
            var parser = new Parser(source, new ParserOptions(_options.V1, _options.Capabilities.AndOr));
            var module = parser.ParseModule();
            if (module is not null) state.Modules.Add(module);
            errors.AddRange(parser.Errors);
            if (module is not null && _image?.Overlaps(module.Package) == true)
                errors.Add(new RegoError(RegoErrorStage.Compile, RegoError.CompileCode, "the package is part of a linked image, or above it", source.File, module.Package.Location.Row, module.Package.Location.Column));
        }

        if (errors.Count > 0) throw new RegoCompileException(errors);
        PolicyAnalysis.Run(state);
        if (state.Failed) throw new RegoCompileException(state.Errors);
        return state;
    }
}
