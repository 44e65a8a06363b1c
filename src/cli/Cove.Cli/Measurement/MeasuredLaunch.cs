using System.Text.Json.Serialization;

namespace Cove.Cli.Measurement;

/// <summary>A computed measurement.</summary>
/// <param name="Measurement">Hex: 96 digits of SNP, 64 of the older modes.</param>
/// <param name="IdBlock">Base64 of the ID block; null without an ID key.</param>
/// <param name="IdAuth">Base64 of the ID authentication information.</param>
/// <param name="IdKeyDigest">Hex: ID_KEY_DIGEST of the guest's evidence.</param>
/// <param name="AuthorKeyDigest">Hex: AUTHOR_KEY_DIGEST of the guest's evidence; null without an author key.</param>
internal sealed record MeasuredLaunch(string Measurement, string? IdBlock = null, string? IdAuth = null, string? IdKeyDigest = null, string? AuthorKeyDigest = null);

[JsonSerializable(typeof(MeasuredLaunch))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class MeasurementJson : JsonSerializerContext;
