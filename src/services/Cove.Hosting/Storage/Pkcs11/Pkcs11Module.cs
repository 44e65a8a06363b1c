using System.Runtime.InteropServices;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>A loaded PKCS#11 module.</summary>
internal sealed class Pkcs11Module : IDisposable
{
    private readonly nint _library;
    private readonly nint _functions;

    private Pkcs11Module(nint library, nint functions, string path) => (_library, _functions, Path) = (library, functions, path);

    public string Path { get; }

    /// <exception cref="UsageException">There is no module at that path.</exception>
    /// <exception cref="UnavailableException">It does not start.</exception>
    public static Pkcs11Module Load(string path)
    {
        const string hint = "install the module (for SoftHSM: sudo apt-get install softhsm2), or correct module-path";
        if (!NativeLibrary.TryLoad(path, out var library)) throw new UsageException($"the PKCS#11 module {path} is not there or cannot be loaded", hint);
        if (!NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var entry))
        {
            NativeLibrary.Free(library);
            throw new UsageException($"{path} is no PKCS#11 module", hint);
        }

        var status = Marshal.GetDelegateForFunctionPointer<Pkcs11Native.GetFunctionList>(entry)(out var functions);
        var module = new Pkcs11Module(library, functions, path);
        module.Require(status, "start");
        var arguments = new Pkcs11Native.InitializeArguments { Flags = Pkcs11Native.OsLockingOk };
        status = module.Get<Pkcs11Native.Initialize>(Pkcs11Native.Function.Initialize)(ref arguments);
        if (status != Pkcs11Native.AlreadyInitialized) module.Require(status, "start");
        return module;
    }

    public T Get<T>(Pkcs11Native.Function function)
        where T : Delegate
        => Marshal.GetDelegateForFunctionPointer<T>(Marshal.ReadIntPtr(_functions, ((int)function + 1) * nint.Size));

    /// <exception cref="UnavailableException">The module reports a failure.</exception>
    public void Require(nuint status, string doing)
    {
        if (status != Pkcs11Native.Ok) throw new UnavailableException($"the PKCS#11 module {Path}", $"it failed to {doing}: CKR 0x{status:X}");
    }

    public void Dispose()
    {
        Get<Pkcs11Native.Finalize>(Pkcs11Native.Function.Finalize)(0);
        NativeLibrary.Free(_library);
    }
}
