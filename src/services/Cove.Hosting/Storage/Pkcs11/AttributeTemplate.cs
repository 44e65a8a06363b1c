namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>Attributes to look for, or to be told.</summary>
internal sealed class AttributeTemplate : IDisposable
{
    private readonly List<Pinned> _pinned = [];
    private readonly List<Pkcs11Native.CkAttribute> _entries = [];

    public Pkcs11Native.CkAttribute[] Entries => [.. _entries];

    public void Add(nuint type, nuint value) => Add(type, BitConverter.GetBytes((ulong)value));

    /// <returns>The array itself, into which a module writes what it is asked.</returns>
    public byte[] Add(nuint type, byte[] value)
    {
        var pinned = new Pinned(value);
        _pinned.Add(pinned);
        _entries.Add(new() { Type = type, Value = pinned.Address, Length = (nuint)value.Length });
        return value;
    }

    public void Dispose()
    {
        foreach (var array in _pinned) array.Dispose();
    }
}
