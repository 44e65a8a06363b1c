using System.Text;
using Cove.Outcomes;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

/// <summary>Modules and facts from the files that a user named: <c>.rego</c>, <c>.json</c> and <c>.yaml</c>, or folders of them.</summary>
internal sealed class RegoFiles
{
    private const int MaximumFile = 16 * 1024 * 1024;
    private readonly List<(string Name, byte[] Text)> modules = [];

    /// <summary>What the files of facts hold together; null where there is none.</summary>
    public RegoObject? Data { get; private set; }

    public IReadOnlyList<string> Names => modules.ConvertAll(module => module.Name);

    /// <param name="call">The command's way to the files.</param>
    /// <param name="paths">Modules (.rego), facts (.json, .yaml), or folders of both: facts stand under the names of the folders they are in.</param>
    /// <param name="cancellation">Stops between two files.</param>
    public static Task<RegoFiles> Read(Invocation call, IEnumerable<string> paths, CancellationToken cancellation) => Read(call, paths, [], cancellation);

    /// <param name="call">The command's way to the files.</param>
    /// <param name="paths">As above.</param>
    /// <param name="ignored">Names that are passed over in folders; see <see cref="RegoOptions"/>.</param>
    /// <param name="cancellation">Stops between two files.</param>
    public static async Task<RegoFiles> Read(Invocation call, IEnumerable<string> paths, IReadOnlyList<string> ignored, CancellationToken cancellation)
    {
        var files = new RegoFiles();
        foreach (var path in paths)
        {
            var folder = call.FullPath(path);
            if (!Directory.Exists(folder))
            {
                await files.Add(call, path, path, [], isNamed: true, cancellation);
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var relative = Path.GetRelativePath(folder, file);
                if (RegoOptions.IsIgnored(relative, ignored)) continue;
                await files.Add(call, Path.Combine(path, relative), file, relative.Split('/')[..^1], isNamed: false, cancellation);
            }
        }

        return files;
    }

    /// <summary>A file by its kind; in a folder other kinds are passed over.</summary>
    private async Task Add(Invocation call, string name, string path, string[] under, bool isNamed, CancellationToken cancellation)
    {
        var kind = Path.GetExtension(path);
        if (kind is ".json" or ".yaml" or ".yml") AddData(name, ParseData(name, await call.Read(path, MaximumFile, cancellation)), under);
        else if (kind == ".rego" || isNamed) modules.Add((name, await call.Read(path, MaximumFile, cancellation)));
    }

    /// <summary>The modules that paths mean, by the name to call each and its path: files as they are, and what folders hold.</summary>
    public static IEnumerable<(string Name, string Path)> Modules(Invocation call, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var folder = call.FullPath(path);
            if (path == "-" || !Directory.Exists(folder))
            {
                yield return (path, path);
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(folder, "*.rego", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                yield return (System.IO.Path.Combine(path, System.IO.Path.GetRelativePath(folder, file)), file);
        }
    }

    /// <summary>Reads a document in JSON or, by its name, YAML.</summary>
    public static async Task<RegoValue> ReadDocument(Invocation call, string path, CancellationToken cancellation) => ParseData(path, await call.Read(path, MaximumFile, cancellation));

    /// <exception cref="CommandFailedException">A module is not valid; every error is a finding.</exception>
    public CompiledPolicy Compile(RegoCompilerOptions options) => Compiling(() =>
    {
        var compiler = new RegoCompiler(options);
        foreach (var (name, text) in modules) compiler.AddModule(name, text);
        return compiler.Compile();
    });

    /// <summary>Runs a step that compiles; what is not valid Rego is malformed input, with each error and its place.</summary>
    public static T Compiling<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (RegoCompileException invalid)
        {
            var findings = invalid.Errors.Select(e => new Finding(e.Code, e.File.Length > 0 ? $"{e.File}:{e.Row}:{e.Column}" : $"query:{e.Row}:{e.Column}", "valid Rego", e.Message)).ToArray();
            throw new CommandFailedException(new Failure(ExitCode.Malformed, "rego-invalid", $"is not valid Rego, {findings[0].Field}", null, findings), invalid);
        }
    }

    private static RegoValue ParseData(string path, byte[] text)
    {
        var isYaml = Path.GetExtension(path) is ".yaml" or ".yml";
        try
        {
            return isYaml ? RegoValue.FromYaml(Encoding.UTF8.GetString(text)) : RegoValue.FromJson(text);
        }
        catch (Exception bad) when (bad is RegoJsonException or FormatException)
        {
            throw new MalformedException(isYaml ? "YAML" : "JSON", path, bad.Message, inner: bad);
        }
    }

    private void AddData(string path, RegoValue value, ReadOnlySpan<string> under)
    {
        for (var i = under.Length - 1; i >= 0; i--) value = RegoObject.Of((under[i], value));
        if (value is not RegoObject facts) throw new MalformedException("data", path, "is not a JSON object");
        Data = Data is null ? facts : Merge(path, Data, facts);
    }

    /// <summary>Objects become one, deep; anything else in two files is a conflict.</summary>
    private static RegoObject Merge(string path, RegoObject known, RegoObject added)
    {
        foreach (var (key, value) in added.Entries())
        {
            var name = ((RegoString)key).Value;
            known = known[name] switch
            {
                null => known.With(name, value),
                RegoObject below when value is RegoObject inner => known.With(name, Merge(path, below, inner)),
                _ => throw CommandFailedException.Usage("facts-conflict", $"two files give different facts for {name}, {path}", "give each fact in one file"),
            };
        }

        return known;
    }
}
