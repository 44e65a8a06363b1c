namespace Cove.Protocol.Messages;

/// <summary>The number of a call on the wire. Numbers are never reused.</summary>
public enum GuestMethod : ushort
{
    /// <summary>No call; never sent.</summary>
    None = 0,

    /// <summary><see cref="GuestCalls.Ping"/>.</summary>
    Ping = 1,

    /// <summary><see cref="GuestCalls.SetPolicy"/>.</summary>
    SetPolicy = 2,

    /// <summary><see cref="GuestCalls.CreateSandbox"/>.</summary>
    CreateSandbox = 3,

    /// <summary><see cref="GuestCalls.MountDevice"/>.</summary>
    MountDevice = 4,

    /// <summary><see cref="GuestCalls.UnmountDevice"/>.</summary>
    UnmountDevice = 5,

    /// <summary><see cref="GuestCalls.MountOverlay"/>.</summary>
    MountOverlay = 6,

    /// <summary><see cref="GuestCalls.UnmountOverlay"/>.</summary>
    UnmountOverlay = 7,

    /// <summary><see cref="GuestCalls.CreateVolume"/>.</summary>
    CreateVolume = 8,

    /// <summary><see cref="GuestCalls.CreateContainer"/>.</summary>
    CreateContainer = 9,

    /// <summary><see cref="GuestCalls.StartContainer"/>.</summary>
    StartContainer = 10,

    /// <summary><see cref="GuestCalls.WaitContainer"/>.</summary>
    WaitContainer = 11,

    /// <summary><see cref="GuestCalls.Exec"/>.</summary>
    Exec = 12,

    /// <summary><see cref="GuestCalls.Signal"/>.</summary>
    Signal = 13,

    /// <summary><see cref="GuestCalls.Logs"/>.</summary>
    Logs = 14,

    /// <summary><see cref="GuestCalls.ShutdownContainer"/>.</summary>
    ShutdownContainer = 15,

    /// <summary><see cref="GuestCalls.GetProperties"/>.</summary>
    GetProperties = 16,

    /// <summary><see cref="GuestCalls.DumpStacks"/>.</summary>
    DumpStacks = 17,

    /// <summary><see cref="GuestCalls.LoadFragment"/>.</summary>
    LoadFragment = 18,

    /// <summary><see cref="GuestCalls.MountWritableDevice"/>.</summary>
    MountWritableDevice = 19,

    /// <summary><see cref="GuestCalls.UnmountWritableDevice"/>.</summary>
    UnmountWritableDevice = 20,

    /// <summary><see cref="GuestCalls.MountBlockDevice"/>.</summary>
    MountBlockDevice = 21,

    /// <summary><see cref="GuestCalls.UnmountBlockDevice"/>.</summary>
    UnmountBlockDevice = 22,

    /// <summary><see cref="GuestCalls.MountScratch"/>.</summary>
    MountScratch = 23,

    /// <summary><see cref="GuestCalls.UnmountScratch"/>.</summary>
    UnmountScratch = 24,

    /// <summary><see cref="GuestCalls.MountShared"/>.</summary>
    MountShared = 25,

    /// <summary><see cref="GuestCalls.UnmountShared"/>.</summary>
    UnmountShared = 26,

    /// <summary><see cref="GuestCalls.ExecExternal"/>.</summary>
    ExecExternal = 27,

    /// <summary><see cref="GuestCalls.SetLogProviders"/>.</summary>
    SetLogProviders = 28,

    /// <summary><see cref="GuestCalls.Attach"/>.</summary>
    Attach = 29,

    /// <summary><see cref="GuestCalls.PauseContainer"/>.</summary>
    PauseContainer = 30,

    /// <summary><see cref="GuestCalls.ResumeContainer"/>.</summary>
    ResumeContainer = 31,

    /// <summary><see cref="GuestCalls.UpdateContainer"/>.</summary>
    UpdateContainer = 32,

    /// <summary>Guest to host: <see cref="Messages.ContainerExited"/>.</summary>
    ContainerExited = 0x8001,
}
