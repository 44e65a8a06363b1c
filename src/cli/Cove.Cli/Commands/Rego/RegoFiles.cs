using Cove.Outcomes;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

/// <summary>Modules and facts from the files that a user named: <c>.rego</c> and <c>.json</c>, or folders of <c>.rego</c>.</summary>
internal sealed class RegoFiles
{
    private const int MaximumFile = 16 * 1024 * 1024;
    private readonly List<(string Name, byte[] Text)> modules = [];

    /// <summary>What the JSON files hold; null where there is none.</summary>
    public RegoObject? Data { get; private set; }

    public IReadOnlyList<string> Names => modules.ConvertAll(module => module.Name);

    public static async Task<RegoFiles> Read(Invocation call, IEnumerable<string> paths, CancellationToken cancellation)
    {
        var files = new RegoFiles();
        foreach (var path in paths)
        {
            if (Directory.Exists(call.FullPath(path)))
            {
                foreach (var (name, file) in Modules(call, [path])) files.modules.Add((name, await call.Read(file, MaximumFile, cancellation)));
            }
            else if (path.EndsWith(".json", StringComparison.Ordinal))
            {
                files.AddData(path, await call.Read(path, MaximumFile, cancellation));
            }
            else
            {
                files.modules.Add((path, await call.Read(path, MaximumFile, cancellation)));
            }
        }

        return files;
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

    public static async Task<RegoValue> ReadJson(Invocation call, string path, CancellationToken cancellation) => ParseJson(path, await call.Read(path, MaximumFile, cancellation));

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

    private static RegoValue ParseJson(string path, byte[] text)
    {
        try
        {
            return RegoValue.FromJson(text);
        }
        catch (RegoJsonException bad)
        {
            throw new MalformedException("JSON", path, bad.Message, inner: bad);
        }
    }

    private void AddData(string path, byte[] text)
    {
        if (Data is not null) throw CommandFailedException.Usage("several-data-files", $"one file of facts at a time, {path}", "merge them into one JSON object");
        Data = ParseJson(path, text) as RegoObject ?? throw new MalformedException("data", path, "is not a JSON object");
    }
}
