using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cove.Runtime.Launch;

/// <summary>
/// The launch digest of a guest that is a process: SHA-384 over its program's files in order of their names, each as name length, name,
/// size and content (integers little-endian, 8 bytes). It stands where hardware puts the digest of a guest's first memory.
/// </summary>
internal static class GuestMeasurement
{
    /// <summary>48 bytes.</summary>
    public static byte[] Of(string folder)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file));
            var content = File.ReadAllBytes(file);
            BinaryPrimitives.WriteInt64LittleEndian(number, name.Length);
            digest.AppendData(number);
            digest.AppendData(name);
            BinaryPrimitives.WriteInt64LittleEndian(number, content.Length);
            digest.AppendData(number);
            digest.AppendData(content);
        }

        return digest.GetHashAndReset();
    }
}
