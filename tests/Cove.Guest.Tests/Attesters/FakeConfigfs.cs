using System.Globalization;
using System.Text;
using Cove.Guest.Attesters;

namespace Cove.Guest.Tests.Attesters;

/// <summary>configfs-tsm in memory: folders appear with their attributes, each write adds one to the generation, busy while told so.</summary>
internal sealed class FakeConfigfs : PseudoFiles
{
    private readonly Dictionary<string, byte[]?> inblobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> generations = new(StringComparer.Ordinal);

    public string Provider { get; init; } = "sev_guest\n";

    public Func<byte[], byte[]> Evidence { get; init; } = reportData => FakeFirmware.Report(reportData);

    public byte[] AuxBlob { get; init; } = [];

    /// <summary>How many times outblob says "try again".</summary>
    public int Busy { get; set; }

    /// <summary>How many requests another writer disturbs between reading the first and the second blob.</summary>
    public int Disturbed { get; set; }

    public int Created { get; private set; }

    public int Left => inblobs.Count;

    public override void CreateFolder(string path)
    {
        Created++;
        inblobs.Add(path, null);
        generations.Add(path, 0);
    }

    public override void RemoveFolder(string path)
    {
        Assert.True(inblobs.Remove(path));
        generations.Remove(path);
    }

    public override void Write(string path, ReadOnlySpan<byte> value)
    {
        Assert.Equal("inblob", Path.GetFileName(path));
        var folder = Path.GetDirectoryName(path)!;
        inblobs[folder] = value.ToArray();
        generations[folder]++;
    }

    public override byte[] Read(string path, int limit)
    {
        var folder = Path.GetDirectoryName(path)!;
        switch (Path.GetFileName(path))
        {
            case "generation":
                return Encoding.ASCII.GetBytes(generations[folder].ToString(CultureInfo.InvariantCulture) + "\n");
            case "provider":
                return Encoding.ASCII.GetBytes(Provider);
            case "auxblob":
                return AuxBlob;
            case "outblob":
                if (Busy > 0)
                {
                    Busy--;
                    throw new IOException("Resource temporarily unavailable");
                }

                if (Disturbed > 0)
                {
                    Disturbed--;
                    generations[folder]++;
                }

                return Evidence(inblobs[folder]!);
            default:
                throw new FileNotFoundException(path);
        }
    }
}
