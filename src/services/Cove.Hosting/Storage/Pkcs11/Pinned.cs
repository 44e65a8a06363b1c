using System.Runtime.InteropServices;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>An array whose address a module is given.</summary>
internal sealed class Pinned(Array array) : IDisposable
{
    private GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);

    public nint Address => handle.AddrOfPinnedObject();

    public void Dispose() => handle.Free();
}
