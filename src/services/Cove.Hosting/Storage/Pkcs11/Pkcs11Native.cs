using System.Runtime.InteropServices;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>The part of the PKCS#11 2.40 interface that a master key needs, with its C layout on 64-bit Linux, where a CK_ULONG has eight bytes.</summary>
internal static class Pkcs11Native
{
    public const nuint Ok = 0;
    public const nuint SlotIdInvalid = 0x03;
    public const nuint EncryptedDataInvalid = 0x40;
    public const nuint EncryptedDataLengthRange = 0x41;
    public const nuint GeneralError = 0x05;
    public const nuint PinIncorrect = 0xA0;
    public const nuint PinInvalid = 0xA1;
    public const nuint PinLengthRange = 0xA2;
    public const nuint PinExpired = 0xA3;
    public const nuint PinLocked = 0xA4;
    public const nuint UserAlreadyLoggedIn = 0x100;
    public const nuint AlreadyInitialized = 0x191;

    public const nuint ObjectClass = 0x00; // CKA_CLASS
    public const nuint ObjectLabel = 0x03; // CKA_LABEL
    public const nuint KeyType = 0x100; // CKA_KEY_TYPE
    public const nuint KeyId = 0x102; // CKA_ID
    public const nuint Sensitive = 0x103; // CKA_SENSITIVE
    public const nuint ValueLength = 0x161; // CKA_VALUE_LEN
    public const nuint Extractable = 0x162; // CKA_EXTRACTABLE

    public const nuint SecretKey = 0x04; // CKO_SECRET_KEY
    public const nuint AesKey = 0x1F; // CKK_AES
    public const nuint AesGcm = 0x1087; // CKM_AES_GCM
    public const nuint SerialSession = 0x04; // CKF_SERIAL_SESSION
    public const nuint OsLockingOk = 0x02; // CKF_OS_LOCKING_OK
    public const nuint User = 1; // CKU_USER

    /// <summary>Bytes of CK_TOKEN_INFO, and where its label and serial number are.</summary>
    public const int TokenInfoLength = 208;
    public const int TokenLabelLength = 32;
    public const int TokenSerialAt = 80;
    public const int TokenSerialLength = 16;

    /// <summary>The places of the functions in CK_FUNCTION_LIST, which begins with a version that is padded to a pointer's size.</summary>
    public enum Function
    {
        Initialize = 0,
        Finalize = 1,
        GetSlotList = 4,
        GetTokenInfo = 6,
        OpenSession = 12,
        CloseSession = 13,
        Login = 18,
        GetAttributeValue = 24,
        FindObjectsInit = 26,
        FindObjects = 27,
        FindObjectsFinal = 28,
        EncryptInit = 29,
        Encrypt = 30,
        DecryptInit = 33,
        Decrypt = 34,
    }

    public delegate nuint GetFunctionList(out nint list);

    public delegate nuint Initialize(ref InitializeArguments arguments);

    public delegate nuint Finalize(nint reserved);

    public delegate nuint GetSlotList(byte tokenPresent, [Out] nuint[]? slots, ref nuint count);

    public delegate nuint GetTokenInfo(nuint slot, [Out] byte[] info);

    public delegate nuint OpenSession(nuint slot, nuint flags, nint application, nint notify, out nuint session);

    public delegate nuint CloseSession(nuint session);

    public delegate nuint Login(nuint session, nuint user, byte[] pin, nuint pinLength);

    public delegate nuint GetAttributeValue(nuint session, nuint key, [In, Out] CkAttribute[] template, nuint count);

    public delegate nuint FindObjectsInit(nuint session, CkAttribute[] template, nuint count);

    public delegate nuint FindObjects(nuint session, [Out] nuint[] keys, nuint most, out nuint count);

    public delegate nuint FindObjectsFinal(nuint session);

    public delegate nuint CipherInit(nuint session, ref Mechanism mechanism, nuint key);

    public delegate nuint Cipher(nuint session, byte[] input, nuint inputLength, [Out] byte[] output, ref nuint outputLength);

    /// <summary>CK_C_INITIALIZE_ARGS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct InitializeArguments
    {
        public nint CreateMutex;
        public nint DestroyMutex;
        public nint LockMutex;
        public nint UnlockMutex;
        public nuint Flags;
        public nint Reserved;
    }

    /// <summary>CK_ATTRIBUTE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CkAttribute
    {
        public nuint Type;
        public nint Value;
        public nuint Length;
    }

    /// <summary>CK_MECHANISM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Mechanism
    {
        public nuint Type;
        public nint Parameter;
        public nuint ParameterLength;
    }

    /// <summary>CK_GCM_PARAMS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GcmParameters
    {
        public nint Iv;
        public nuint IvLength;
        public nuint IvBits;
        public nint AdditionalData;
        public nuint AdditionalDataLength;
        public nuint TagBits;
    }
}
