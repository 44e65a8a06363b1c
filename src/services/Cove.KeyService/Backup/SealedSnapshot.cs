using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.KeyService.Backup;

/// <summary>
/// A full backup as it lies in the storage: under a fresh AES-256 key, which the master key seals for the name of the backup's folder, the snapshot in pieces of
/// a MiB under AES-256-GCM. The nonce counts the pieces, and each says whether it is the last, so none can be changed, moved, left out or added. What was made
/// under another master key, or for another folder, does not open.
/// </summary>
internal static class SealedSnapshot
{
    /// <summary>Longest backup, in bytes.</summary>
    public const int MaximumLength = 144 * 1024 * 1024;

    private const string Format = "full backup";
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int PieceLength = 1024 * 1024;
    private const int SealedPieceLength = PieceLength + TagLength;
    private const int LengthLength = 2;
    private static readonly byte[] Magic = "COVEFBK1"u8.ToArray();

    public static byte[] Seal(MasterKey master, string name, ReadOnlySpan<byte> snapshot)
    {
        if (snapshot.IsEmpty) throw new ArgumentException("there is nothing to back up", nameof(snapshot));
        Span<byte> key = stackalloc byte[KeyLength];
        try
        {
            RandomNumberGenerator.Fill(key);
            var sealedKey = master.Seal(key, PlaceOf(name));
            var pieces = (snapshot.Length + PieceLength - 1) / PieceLength;
            var header = Magic.Length + LengthLength + sealedKey.Length;
            var backup = new byte[header + snapshot.Length + (pieces * TagLength)];
            Magic.CopyTo(backup, 0);
            BinaryPrimitives.WriteUInt16BigEndian(backup.AsSpan(Magic.Length), (ushort)sealedKey.Length);
            sealedKey.CopyTo(backup, Magic.Length + LengthLength);
            using var cipher = new AesGcm(key, TagLength);
            for (var piece = 0; piece < pieces; piece++)
            {
                var plain = Piece(snapshot, piece * PieceLength, PieceLength);
                var into = backup.AsSpan(header + (piece * SealedPieceLength), plain.Length + TagLength);
                cipher.Encrypt(Nonce(piece), plain, into[..plain.Length], into[plain.Length..], Last(piece == pieces - 1));
            }

            return backup;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <exception cref="MalformedException">It is no backup of this name under this master key, or was changed.</exception>
    public static byte[] Open(MasterKey master, string name, ReadOnlySpan<byte> backup)
    {
        if (backup.Length > MaximumLength || !backup.StartsWith(Magic) || backup.Length < Magic.Length + LengthLength) throw Wrong("format", "is not a backup of this service");
        var rest = backup[Magic.Length..];
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length <= LengthLength + length) throw Wrong("length", "ends within its header");
        var key = master.Open(rest.Slice(LengthLength, length), PlaceOf(name));
        try
        {
            if (key.Length != KeyLength) throw Wrong("key", $"is {key.Length} bytes, expected {KeyLength}");
            using var cipher = new AesGcm(key, TagLength);
            return OpenPieces(cipher, rest[(LengthLength + length)..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] OpenPieces(AesGcm cipher, ReadOnlySpan<byte> sealedPieces)
    {
        var pieces = (sealedPieces.Length + SealedPieceLength - 1) / SealedPieceLength;
        if (sealedPieces.Length <= ((pieces - 1) * SealedPieceLength) + TagLength) throw Wrong("length", "ends within a piece");
        var snapshot = new byte[sealedPieces.Length - (pieces * TagLength)];
        for (var piece = 0; piece < pieces; piece++)
        {
            var from = Piece(sealedPieces, piece * SealedPieceLength, SealedPieceLength);
            var into = snapshot.AsSpan(piece * PieceLength, from.Length - TagLength);
            try
            {
                cipher.Decrypt(Nonce(piece), from[..^TagLength], from[^TagLength..], into, Last(piece == pieces - 1));
            }
            catch (AuthenticationTagMismatchException e)
            {
                throw new MalformedException(Format, $"piece {piece + 1} of {pieces}", "was changed", inner: e);
            }
        }

        return snapshot;
    }

    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> whole, int offset, int length) => whole.Slice(offset, Math.Min(length, whole.Length - offset));

    private static byte[] Nonce(int piece)
    {
        var nonce = new byte[NonceLength];
        BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(NonceLength - sizeof(int)), piece);
        return nonce;
    }

    private static byte[] Last(bool isLast) => [isLast ? (byte)1 : (byte)0];

    private static string PlaceOf(string name) => $"full-backup/{name}";

    private static MalformedException Wrong(string field, string problem) => new(Format, field, problem);
}
