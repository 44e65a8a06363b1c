using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>
/// All versions of something as one blob that only a service with the same master key can read. The secret parts stay sealed, each for its own place; the
/// whole is sealed again so that nothing in it can be exchanged.
/// </summary>
/// <param name="master">Seals.</param>
/// <param name="place">What is backed up: a blob of something else does not open here.</param>
internal sealed class SealedBackup<T>(MasterKey master, string place)
{
    private const int MaximumBody = 4 * 1024 * 1024;

    /// <summary>The answer to a backup.</summary>
    public byte[] Write(IReadOnlyList<T> versions) => KeyBundles.Value(Base64Url.Encode(master.Seal(JsonSerializer.SerializeToUtf8Bytes(versions), place)));

    /// <summary>The versions in a request to restore, at least one.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">400: the blob was made elsewhere, of something else, or changed.</exception>
    public async Task<IReadOnlyList<T>> ReadAsync(KeyCall call)
    {
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var blob = new RequestJson(body.RootElement).Bytes("value") ?? throw KeyErrors.BadParameter("value is required.");
        return JsonSerializer.Deserialize<List<T>>(Open(blob)) is { Count: > 0 } versions ? versions : throw Invalid();
    }

    private byte[] Open(byte[] blob)
    {
        try
        {
            return master.Open(blob, place);
        }
        catch (MalformedException)
        {
            throw Invalid();
        }
    }

    private static Hosting.Errors.ServiceException Invalid() => KeyErrors.BadParameter("Backup blob contains invalid data or was made under another master key.");
}
