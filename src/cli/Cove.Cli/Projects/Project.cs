using System.Text.Json;
using Cove.Cli.Development;
using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Compose;
using Cove.Policy.Model;

namespace Cove.Cli.Projects;

/// <summary>A template, and what a <c>cove.json</c> beside it says of its images, keys and parameters.</summary>
internal sealed class Project
{
    private const int MaxFile = 4 * 1024 * 1024;

    private static readonly string[] UsualNames = ["template.json", "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

    private readonly Invocation call;
    private readonly byte[] template;
    private readonly byte[]? given;
    private readonly Func<ComposeSurroundings> compose;

    private Project(
        Invocation call, string folder, string templatePath, ProjectFile file, byte[] template, byte[]? given, Func<ComposeSurroundings> compose) =>
        (this.call, Folder, TemplatePath, File, this.template, this.given, this.compose) = (call, folder, templatePath, file, template, given, compose);

    public string Folder { get; }

    public string TemplatePath { get; }

    public ProjectFile File { get; }

    /// <summary>Opens a folder, a <c>cove.json</c>, or a description of groups with or without a <c>cove.json</c> beside it.</summary>
    /// <param name="call">The command's call.</param>
    /// <param name="path">What the user named.</param>
    /// <param name="parameters">A parameter file; null for none.</param>
    public static async Task<Project> OpenAsync(Invocation call, string path, string? parameters, CancellationToken cancellation)
    {
        var full = call.FullPath(path);
        var folder = Directory.Exists(full) ? full : Path.GetDirectoryName(full)!;
        var description = Path.Combine(folder, ProjectFile.Name);
        var file = System.IO.File.Exists(description) ? await ReadAsync(call, description, cancellation) : new ProjectFile();
        var named = Path.Combine(folder, file.Template);
        if (!System.IO.File.Exists(description) && !System.IO.File.Exists(named)) named = UsualNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(System.IO.File.Exists) ?? named;
        var templatePath = Directory.Exists(full) || full == description ? named : full;
        // A cove.json speaks of its own template only.
        if (templatePath != Path.GetFullPath(named)) file = new ProjectFile();
        var template = await call.Read(templatePath, MaxFile, cancellation);
        var given = parameters is null ? null : await call.Read(parameters, MaxFile, cancellation);
        return new Project(call, folder, templatePath, file, template, given, () => Surroundings(call, folder));
    }

    /// <summary>The container group, with the project's values for its parameters.</summary>
    /// <param name="services">Where the services are.</param>
    /// <param name="authority">PEM of the authority they are trusted by; null where it does not matter, as for a policy.</param>
    /// <param name="sealedValues">Parameters that hold sealed files, by name; absent ones keep the template's default.</param>
    public ContainerGroup Group(ServiceState services, byte[]? authority = null, IReadOnlyDictionary<string, byte[]>? sealedValues = null)
    {
        var groups = Read(services, authority: authority, sealedValues: sealedValues).Groups;
        return groups is [var only]
            ? only
            : throw CommandFailedException.Usage("several-groups", $"the template describes {groups.Count} container groups, {TemplatePath}", "run one group at a time");
    }

    /// <summary>The description with the project's values for its parameters.</summary>
    /// <param name="services">Where the services are.</param>
    /// <param name="how">How it is read beyond that; null for the usual way.</param>
    /// <param name="authority">PEM of the authority the services are trusted by; null where it does not matter.</param>
    /// <param name="sealedValues">Parameters that hold sealed files, by name.</param>
    public GroupFile Read(ServiceState services, GroupFileOptions? how = null, byte[]? authority = null, IReadOnlyDictionary<string, byte[]>? sealedValues = null)
    {
        var values = new Dictionary<string, string>();
        var volumes = new ProjectVolumes(call, this, new DevelopmentBlobs(call.Home, call.Time));
        foreach (var (name, parameter) in File.Parameters)
        {
            var value = parameter.From switch
            {
                ParameterSource.AttestationEndpoint => services.AttestationEndpoint,
                ParameterSource.KeyEndpoint => services.KeyEndpoint,
                ParameterSource.CertificateAuthority => authority is null ? null : Convert.ToBase64String(authority),
                ParameterSource.VolumeUrl => volumes.Url(parameter.Volume ?? ""),
                ParameterSource.VolumeVerity => volumes.Verity(parameter.Volume ?? ""),
                ParameterSource.Sealed => sealedValues?.GetValueOrDefault(name) is { } content ? Convert.ToBase64String(content) : null,
                _ => throw new InvalidOperationException($"a source without a value: {parameter.From}"),
            };
            if (value is not null) values[name] = value;
        }

        return GroupFile.Parse(template, (how ?? new GroupFileOptions()) with { Parameters = Merge(values), Compose = compose });
    }

    /// <summary>The user's parameter file wins over the project's values.</summary>
    private byte[]? Merge(Dictionary<string, string> values)
    {
        if (values.Count == 0) return given;
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        using (var document = given is null ? null : ParseParameters(given))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("parameters");
            var from = document?.RootElement is { } root && root.TryGetProperty("parameters", out var inner) ? inner : document?.RootElement;
            if (from is { ValueKind: JsonValueKind.Object } own)
            {
                foreach (var member in own.EnumerateObject().Where(member => member.Name is not "$schema" and not "contentVersion"))
                {
                    values.Remove(member.Name);
                    member.WriteTo(writer);
                }
            }

            foreach (var (name, value) in values)
            {
                writer.WriteStartObject(name);
                writer.WriteString("value", value);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static JsonDocument ParseParameters(byte[] file)
    {
        try
        {
            return JsonDocument.Parse(file, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException bad)
        {
            throw new MalformedException("parameters file", "JSON", bad.Message, inner: bad);
        }
    }

    private static async Task<ProjectFile> ReadAsync(Invocation call, string path, CancellationToken cancellation)
    {
        try
        {
            return JsonSerializer.Deserialize(await call.Read(path, MaxFile, cancellation), ProjectJson.Default.ProjectFile)
                ?? throw new MalformedException(ProjectFile.Name, "JSON", "is null");
        }
        catch (JsonException bad)
        {
            throw new MalformedException(ProjectFile.Name, bad.Path ?? "$", $"in line {bad.LineNumber + 1}: {bad.Message}", inner: bad);
        }
    }

    // A Compose file may use the variables of its shell and of the file .env beside it; the shell's win.
    private static ComposeSurroundings Surroundings(Invocation call, string folder)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var beside = Path.Combine(folder, ".env");
        if (System.IO.File.Exists(beside))
        {
            foreach (var line in System.IO.File.ReadLines(beside).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#' && line.Contains('=', StringComparison.Ordinal)))
                variables[line.Split('=', 2)[0].Trim()] = line.Split('=', 2)[1].Trim().Trim('"', '\'');
        }

        return new ComposeSurroundings(Path.GetFileName(folder).ToLowerInvariant(), name => call.Surroundings.Environment(name) ?? variables.GetValueOrDefault(name), path =>
        {
            var full = Path.GetFullPath(path, folder);
            if (!System.IO.File.Exists(full)) throw CommandFailedException.Usage("file-not-found", $"no such file, {path}");
            return new FileInfo(full).Length <= MaxFile ? System.IO.File.ReadAllBytes(full) : throw new MalformedException("file", path, $"is longer than {MaxFile} bytes");
        });
    }
}
