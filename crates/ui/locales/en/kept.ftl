# Tickets that open without network, because the guest's device keeps them.
kept-title = Without network
kept-here = Kept on this device until { $until }: this page opens without network, too.
kept-forget = Forget on this device
kept-offer = This page can be kept on this device, so that it opens without network. On a computer that others use, better not.
kept-keep = Keep on this device
kept-keep-busy = Keeping
# Above the copy, when there is no network.
kept-as-of = No connection: as of { $at }
kept-as-of-line = Your codes work at the door. What has changed since then shows here once there is a network again.
