namespace Cove.Protocol.Channels;

/// <summary>Where a channel leads.</summary>
/// <param name="Service">What it leads to.</param>
/// <param name="Port">The TCP port of <see cref="ChannelService.HostPort"/> and <see cref="ChannelService.GuestPort"/>; otherwise zero.</param>
public readonly record struct ChannelTarget(ChannelService Service, ushort Port = 0)
{
    internal bool IsWellFormed => Service is ChannelService.HostPort or ChannelService.GuestPort ? Port != 0 : Enum.IsDefined(Service) && Port == 0;
}
