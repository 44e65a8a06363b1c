using System.Text.Json.Serialization;

namespace Cove.Cli.Projects;

/// <summary>
/// <c>cove.json</c>: what a template needs around it to be run from a folder. Everything in it could be done by hand with <c>cove image pack</c>,
/// <c>cove key create</c> and a parameter file. Properties have setters because a source-generated reader overwrites the defaults of init-only ones.
/// </summary>
internal sealed record ProjectFile
{
    public const string Name = "cove.json";

    // Members with a default are settable: the source-generated reader sets every init-only one, to null where the file has none.

    /// <summary>The ARM template, relative to this file.</summary>
    public string Template { get; set; } = "template.json";

    /// <summary>Images to pack before anything else, by the name that the template uses.</summary>
    public IReadOnlyDictionary<string, ProjectImage> Images { get; set; } = new Dictionary<string, ProjectImage>();

    /// <summary>The owner's keys in the development key service, by name.</summary>
    public IReadOnlyDictionary<string, ProjectKey> Keys { get; set; } = new Dictionary<string, ProjectKey>();

    /// <summary>The owner's encrypted volumes in the development blob store, by name.</summary>
    public IReadOnlyDictionary<string, ProjectVolume> Volumes { get; set; } = new Dictionary<string, ProjectVolume>();

    /// <summary>Where values of the template's parameters come from.</summary>
    public IReadOnlyDictionary<string, ProjectParameter> Parameters { get; set; } = new Dictionary<string, ProjectParameter>();

    /// <summary>The run ends when these containers have; the others are then stopped. Empty: when all have.</summary>
    public IReadOnlyList<string> Until { get; set; } = [];
}

/// <summary>An image made from a folder: one of the project's, or one that comes with cove.</summary>
internal sealed record ProjectImage
{
    /// <summary>A folder of the project that becomes the root file system.</summary>
    public string? Directory { get; init; }

    /// <summary>An image that comes with cove: <c>skr</c>.</summary>
    public string? Product { get; init; }

    /// <summary>Programs of this host that are added at /bin, with the shared libraries they need.</summary>
    public IReadOnlyList<string> Programs { get; set; } = [];

    public IReadOnlyList<string> Entrypoint { get; set; } = [];

    public IReadOnlyList<string> Command { get; set; } = [];

    public IReadOnlyList<string> Env { get; set; } = [];

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }
}

/// <summary>A key that the project's owner holds in the key service.</summary>
/// <param name="Kind">Which, e.g. <c>rsa-3072</c>; <c>volume</c> for the key of one of the project's volumes.</param>
/// <param name="ReleaseTo"><c>this-group</c>: the release policy names the hash of the policy that the template yields.</param>
internal sealed record ProjectKey(string Kind, string ReleaseTo);

/// <summary>A folder of the project that becomes an encrypted volume.</summary>
/// <param name="Folder">The folder, relative to the project.</param>
/// <param name="Key">The name of its key in the key service, one of the project's keys of kind <c>volume</c>.</param>
internal sealed record ProjectVolume(string Folder, string Key);

/// <summary>Where a parameter's value comes from.</summary>
internal sealed record ProjectParameter
{
    public required ParameterSource From { get; init; }

    /// <summary>The file to seal, relative to the project.</summary>
    public string? File { get; init; }

    /// <summary>The project's key to seal it under.</summary>
    public string? Key { get; init; }

    /// <summary>The project's volume whose URL or verity it is.</summary>
    public string? Volume { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<ParameterSource>))]
internal enum ParameterSource
{
    /// <summary><c>localhost:PORT</c> of the development attestation service.</summary>
    [JsonStringEnumMemberName("attestation-endpoint")]
    AttestationEndpoint,

    /// <summary><c>localhost:PORT</c> of the development key service.</summary>
    [JsonStringEnumMemberName("key-endpoint")]
    KeyEndpoint,

    /// <summary>Base64 of the PEM of the authority that both are trusted by.</summary>
    [JsonStringEnumMemberName("certificate-authority")]
    CertificateAuthority,

    /// <summary>Base64 of a file, encrypted under a key of the project (RSA-OAEP-256).</summary>
    [JsonStringEnumMemberName("sealed")]
    Sealed,

    /// <summary>The URL of a volume of the project in the development blob store.</summary>
    [JsonStringEnumMemberName("volume-url")]
    VolumeUrl,

    /// <summary>What every block of a volume of the project is checked against.</summary>
    [JsonStringEnumMemberName("volume-verity")]
    VolumeVerity,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(ProjectFile))]
internal sealed partial class ProjectJson : JsonSerializerContext;
