using System.Security.Cryptography;
using Cove.Formats.Certificates;
using Cove.Hosting.Storage;
using Cove.KeyService.Backup;
using Cove.Outcomes;

namespace Cove.Services.Tests.Keys;

public sealed class SealedSnapshotTests : IDisposable
{
    private const int Piece = 1024 * 1024;
    private const int SealedPiece = Piece + 16;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");
    private readonly MasterKey _master;
    private readonly MasterKey _other;

    public SealedSnapshotTests() => (_master, _other) = (NewKey("one"), NewKey("two"));

    public void Dispose()
    {
        _master.Dispose();
        _other.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData((3 * Piece) + 7)]
    public void Opens_what_it_sealed_under_that_key_and_for_that_name_only(int length)
    {
        var snapshot = RandomNumberGenerator.GetBytes(length);
        var backup = SealedSnapshot.Seal(_master, "name", snapshot);
        Assert.Equal(snapshot, SealedSnapshot.Open(_master, "name", backup));
        Assert.Throws<MalformedException>(() => SealedSnapshot.Open(_master, "other", backup));
        Assert.Throws<MalformedException>(() => SealedSnapshot.Open(_other, "name", backup));
        Assert.NotEqual(backup, SealedSnapshot.Seal(_master, "name", snapshot));
    }

    [Fact]
    public void Refuses_pieces_that_were_changed_moved_left_out_or_added()
    {
        var backup = SealedSnapshot.Seal(_master, "name", RandomNumberGenerator.GetBytes(3 * Piece));
        var header = backup.Length - (3 * SealedPiece);
        byte[] Part(int piece) => backup[(header + (piece * SealedPiece))..(header + ((piece + 1) * SealedPiece))];
        var start = backup[..header];
        Refuse([.. start, .. Part(1), .. Part(0), .. Part(2)]);
        Refuse([.. start, .. Part(0), .. Part(1)]);
        Refuse([.. start, .. Part(0), .. Part(2)]);
        Refuse([.. start, .. Part(0), .. Part(1), .. Part(2), .. Part(2)]);
        Refuse([.. backup, 0]);
        Refuse(backup[..^1]);
        Refuse(backup[..(header + 16)]);
        Refuse(backup[..header]);
        Refuse([]);
        for (var at = 0; at < header; at++) Refuse(Flipped(at));
        foreach (var at in (int[])[header, header + Piece, header + SealedPiece, backup.Length - 1]) Refuse(Flipped(at));
        // Of another backup by the same key, whose pieces are under another one.
        var again = SealedSnapshot.Seal(_master, "name", RandomNumberGenerator.GetBytes(3 * Piece));
        Refuse([.. start, .. again[header..]]);

        byte[] Flipped(int at)
        {
            byte[] changed = [.. backup];
            changed[at] ^= 1;
            return changed;
        }

        void Refuse(byte[] bytes) => Assert.Throws<MalformedException>(() => SealedSnapshot.Open(_master, "name", bytes));
    }

    private MasterKey NewKey(string name)
    {
        var file = Path.Combine(_folder.FullName, name);
        PrivateFile.Write(file, RandomNumberGenerator.GetBytes(MasterKey.Length));
        return MasterKey.Load(file);
    }
}
